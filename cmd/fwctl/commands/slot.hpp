#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "cmd/fwctl/context.hpp"
#include "fwctl/iothub/job.hpp"

namespace fwctl::cli {

/// A job that runs or waits to start holds one of the hub's few slots. nullopt: there is none. A part of the same
/// logical job as `id` comes before others.
std::optional<iothub::Job> slot_holder(Context& ctx, const std::string& id);

/// "job fw-284, which is scheduled for 2026-01-01T02:00:00.000Z, holds the slot"
std::string told(const iothub::Job& holder);

/// Looks at a job every interval until it has ended. Throws DeadlinePassed with `resume`, the way to go on, as its
/// hint.
void wait_for_end(Context& ctx, const iothub::Job& job, std::chrono::milliseconds interval, const std::string& resume);

}  // namespace fwctl::cli
