#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/dice.hpp"

namespace {

using fwctl::test::Dice;

volatile std::sig_atomic_t current = 0;

/// A fault is repeatable by its number: seeds and files are always the same.
void tell_which(int signal) {
  char text[] = "input         \n";
  int number = current;
  for (char* digit = text + 13; number > 0; number /= 10) *digit-- = static_cast<char>('0' + number % 10);
  if (write(STDERR_FILENO, text, sizeof text - 1) < 0) _exit(2);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

std::vector<std::string> read_corpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> inputs;
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return inputs;
}

void mutate(std::string& input, const std::string& other, Dice& dice) {
  const std::size_t at = dice.below(input.size() + 1);
  const std::size_t count = std::min(input.size() - at, 1 + dice.below(8));
  switch (dice.below(6)) {
    case 0:
      if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << dice.below(8)));
      break;
    case 1:
      input.insert(at, 1, static_cast<char>(dice.below(256)));
      break;
    case 2:
      input.erase(at, count);
      break;
    case 3:
      input.insert(at, input.substr(at, count));
      break;
    case 4:
      input.insert(at, other.substr(dice.below(other.size() + 1), 1 + dice.below(32)));
      break;
    default:
      input = input.substr(0, at) + other.substr(dice.below(other.size() + 1));
  }
}

void run(const std::string& input) {
  current = current + 1;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace

/// fuzz_TARGET CORPUS MUTATIONS: every file of the folder, then so many random mutations of them. For compilers
/// without libFuzzer: it finds what is near, again and again, and looks no further.
int main(int argc, char** argv) {
  if (argc != 3) return 2;
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGBUS, SIGILL}) std::signal(signal, tell_which);
  const std::vector<std::string> corpus = read_corpus(argv[1]);
  if (corpus.empty()) return 2;
  for (const std::string& input : corpus) run(input);
  Dice dice(1);
  for (unsigned long left = std::strtoul(argv[2], nullptr, 10); left > 0; --left) {
    std::string input = dice.pick(corpus);
    for (std::size_t i = 1 + dice.below(4); i > 0; --i) mutate(input, dice.pick(corpus), dice);
    run(input);
  }
  std::printf("%d inputs\n", static_cast<int>(current));
}
