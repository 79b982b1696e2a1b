#include "cmd/common/files.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <istream>
#include <iterator>

#include "fwctl/base/error.hpp"

namespace fwctl::cli {

std::ifstream open_file(const std::string& path, std::string_view what) {
  std::ifstream file(path, std::ios::binary);
  // A folder opens like a file, and can't be read.
  if (!file.is_open() || std::filesystem::is_directory(path)) {
    throw UsageError(fmt::format("cannot read {} from {}", what, path));
  }
  return file;
}

std::string read_text(const std::string& path, std::istream& in, std::string_view what) {
  if (path == "-") return {std::istreambuf_iterator<char>(in), {}};
  std::ifstream file = open_file(path, what);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace fwctl::cli
