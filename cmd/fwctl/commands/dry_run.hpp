#pragma once

#include <nlohmann/json_fwd.hpp>

#include "cmd/fwctl/commands/job_parts.hpp"
#include "cmd/fwctl/exit_code.hpp"

namespace fwctl::cli {

/// Adds to the document of a logical job what would be sent, to how many devices, and what they run now; prints it.
/// Sends no write. A list of very many parts is not looked up: that would use up the hub's queries for a while.
ExitCode dry_run(Context& ctx, const LogicalJob& job, nlohmann::ordered_json document);

}  // namespace fwctl::cli
