#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace fwctl::cli {

/// A file to read from. Throws UsageError naming `what` when there is none.
std::ifstream open_file(const std::string& path, std::string_view what);

/// Reads a whole file, or standard input for `-`. Throws UsageError naming `what` when it can't.
std::string read_text(const std::string& path, std::istream& in, std::string_view what);

}  // namespace fwctl::cli
