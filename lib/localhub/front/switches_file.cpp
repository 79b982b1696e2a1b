#include "lib/localhub/front/switches_file.hpp"

#include <fmt/core.h>

#include <fstream>
#include <iterator>

#include "fwctl/base/error.hpp"

namespace fwctl::localhub {

std::optional<Switches> SwitchesFile::changed() {
  if (path_.empty()) return std::nullopt;
  std::ifstream file(path_, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (last_ == text) return std::nullopt;
  last_ = text;
  if (!file) throw Error(fmt::format("can't read the switches in {}", path_), "check the path given as --switches");
  try {
    return read_switches(text, base_);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", path_, error.what()), error.hint());
  }
}

}  // namespace fwctl::localhub
