#pragma once

#include <string>
#include <vector>

#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/settings.hpp"
#include "cmd/fwctl/world.hpp"

namespace fwctl::cli {

/// What a command line asks for: a command to run, or (`run` is empty) a text to print, such as help.
struct Invocation {
  Settings settings;
  Run run;
  std::string text;
};

/// Reads arguments (without the program's name) and FWCTL_<FLAG>. Throws UsageError, with a suggestion if one is near.
Invocation parse_arguments(const std::vector<std::string>& arguments, const Environment& env);

/// What --log-format or FWCTL_LOG_FORMAT asks for, even on a line that cannot be parsed: its error takes that form.
LogFormat log_format_of(const std::vector<std::string>& arguments, const Environment& env);

}  // namespace fwctl::cli
