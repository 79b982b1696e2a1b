#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "fwctl/localhub/server.hpp"

namespace fwctl::fwhub {

/// What the command line asks for: to serve, or nothing more because the answer was printed (`exit_code`).
struct Parsed {
  localhub::ServerOptions serve;
  std::optional<int> exit_code;
};

/// Reads the arguments without the program's name. Help and version go to `out`; a mistake is one line on `err`,
/// code 2.
Parsed parse(const std::vector<std::string>& arguments, const std::string& default_data_dir, std::ostream& out,
             std::ostream& err);

}  // namespace fwctl::fwhub
