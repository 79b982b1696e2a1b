#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

/// What libFuzzer, or the driver in smoke_main.cpp, calls with one input after another.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace fwctl::fuzz {

/// What must hold for every input. Ends the program, which is how a fuzzer learns that it found something.
inline void require(bool good, const std::string& otherwise) {
  if (good) return;
  std::fprintf(stderr, "found: %s\n", otherwise.c_str());
  std::abort();
}

/// The bytes of one input: first what the target wants to be told, then the text that it works on.
class Input {
 public:
  Input(const std::uint8_t* bytes, std::size_t size) : rest_(reinterpret_cast<const char*>(bytes), size) {}

  /// 0 when nothing is left.
  std::uint8_t take_byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  std::string_view take(std::size_t count) {
    const std::string_view piece = rest_.substr(0, count);
    rest_.remove_prefix(piece.size());
    return piece;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace fwctl::fuzz
