#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "cmd/fwctl/context.hpp"
#include "cmd/fwctl/exit_code.hpp"

namespace fwctl::cli {

/// How a watch goes on and what it says when it is left.
struct WatchPlan {
  std::chrono::milliseconds interval{5'000};
  std::string on_deadline;  // what failed, for DeadlinePassed
  std::string resume;       // the command that takes the watch up again
  bool once = false;        // what fails then is not waited out
};

/// Looks every interval, until a look gives an exit code or `--timeout` passes. Looks keep to a grid on the monotonic
/// clock and never pile up. Transient trouble (429, 5xx, and no answer from a hub that was heard before) is told,
/// once until it was gone for ten minutes, and waited out: it never ends a watch. Nor do a few unreadable answers.
ExitCode watch(Context& ctx, const WatchPlan& plan, const std::function<std::optional<ExitCode>()>& look);

}  // namespace fwctl::cli
