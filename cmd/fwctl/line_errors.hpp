#pragma once

#include <string>
#include <vector>

#include "fwctl/base/error.hpp"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace fwctl::cli {

using Arguments = std::vector<std::string>;

/// `fwctl job list`: the command that a parsed line names, as far as it is understood.
std::string command_of(CLI::App& root);

/// After parsing, well or not: throws UsageError when a flag that needs a value has none (another flag follows, or
/// nothing after `=`), or one that takes none has one.
void check_values(CLI::App& root, const Arguments& arguments);

/// What is wrong with the line that the parser refused, and what was meant.
UsageError explain(const CLI::ParseError& error, CLI::App& root, const Arguments& arguments);

/// That a flag which stands behind a command, where another one may be meant, is of fwctl alone.
UsageError flag_of_fwctl_itself(const std::string& name, CLI::App& root);

/// Whether something on the line was not understood.
bool has_leftovers(CLI::App& root);

}  // namespace fwctl::cli
