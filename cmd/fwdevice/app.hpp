#pragma once

#include <string>
#include <vector>

#include "cmd/fwdevice/exit_code.hpp"
#include "cmd/fwdevice/world.hpp"

namespace fwctl::device::cli {

/// The whole program but main: parses, runs, and turns whatever was thrown into one line on stderr and an exit code.
ExitCode run_app(const std::vector<std::string>& arguments, World& world);

}  // namespace fwctl::device::cli
