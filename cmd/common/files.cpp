#include "cmd/common/files.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <istream>
#include <iterator>

#include "fwctl/base/error.hpp"

namespace fwctl::cli {

std::ifstream open_file(const std::string& path, std::string_view what) {
  // A folder opens like a file, and can't be read.
  if (std::filesystem::is_directory(path))
    throw UsageError(fmt::format("{} is to be read from {}, a folder", what, path));
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) throw UsageError(fmt::format("cannot read {} from {}: {}", what, path, std::strerror(errno)));
  return file;
}

std::istream& standard_input(std::istream& in, std::string_view what) {
  if (in.eof()) throw UsageError(fmt::format("{} is to come from standard input, which was read already", what));
  return in;
}

std::string read_text(const std::string& path, std::istream& in, std::string_view what) {
  std::string text;
  try {
    if (path == "-") {
      text.assign(std::istreambuf_iterator<char>(standard_input(in, what)), {});
      in.setstate(std::ios::eofbit);
    } else {
      std::ifstream file = open_file(path, what);
      text.assign(std::istreambuf_iterator<char>(file), {});
    }
  } catch (const std::ios::failure& error) {
    throw UsageError(fmt::format("cannot read {} from {}", what, path == "-" ? "standard input" : path));
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);  // a byte order mark
  return text;
}

}  // namespace fwctl::cli
