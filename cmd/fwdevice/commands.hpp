#pragma once

#include "cmd/fwdevice/arguments.hpp"
#include "cmd/fwdevice/exit_code.hpp"
#include "cmd/fwdevice/world.hpp"

namespace fwctl::device::cli {

/// One device until it is stopped, or the hub refuses it at its first connection.
ExitCode run_device(const RunArguments& arguments, World& world);

/// The connection string from where the user put it: the flag, the file, or `variable`. Throws UsageError.
std::string connection_text(const CommonArguments& common, const World& world, const char* variable);

/// Registers a fleet and runs it until it is stopped.
ExitCode run_fleet(const FleetArguments& arguments, World& world);

}  // namespace fwctl::device::cli
