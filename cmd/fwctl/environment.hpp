#pragma once

#include "cmd/fwctl/world.hpp"

namespace CLI {
class App;
}

namespace fwctl::cli {

// FWCTL_<FLAG>: every flag, global or of a command, can stand in the environment. The command line wins.

/// Before parsing: a required flag that stands in the environment need not stand on the line.
void relax_required(CLI::App& app, const Environment& env);

/// After parsing: sets the flags that the line did not give, of the chosen command and of all above it. Throws
/// UsageError that names the variable of which the value makes no sense.
void apply_environment(CLI::App& app, const Environment& env);

}  // namespace fwctl::cli
