#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace fwctl::cli {

/// A file to read from. Throws UsageError naming `what` when there is none.
std::ifstream open_file(const std::string& path, std::string_view what);

/// Standard input, for one who reads all of it. Throws UsageError when somebody else has.
std::istream& standard_input(std::istream& in, std::string_view what);

/// Reads a whole file, or standard input for `-`, without the byte order mark that it may begin with. Throws UsageError
/// naming `what` when it can't.
std::string read_text(const std::string& path, std::istream& in, std::string_view what);

}  // namespace fwctl::cli
