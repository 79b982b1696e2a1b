#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cmd/fwctl/context.hpp"
#include "cmd/fwctl/exit_code.hpp"
#include "cmd/fwctl/options.hpp"

namespace fwctl::cli {

/// What `monitor` and `schedule --wait` have in common.
struct FollowArgs {
  std::string until = "applied";  // or "written": the job alone
  std::chrono::milliseconds interval{5'000};
  std::chrono::milliseconds device_timeout{15 * 60'000};
  bool once = false;
  bool allow_empty = false;
  bool just_created = false;  // the hub may not know the job yet
};
void declare_follow(Options& options, FollowArgs& args);

/// What is followed.
struct FollowPlan {
  std::string id;                    // a job's, or a logical one's
  std::vector<std::string> job_ids;  // of the hub; those that the id names, when it has no such job
};

/// Follows a job, or the parts of one, to the end, and their devices to theirs; prints the final document, and with
/// jsonl one at every change. A document is printed, too, when --timeout passes.
/// The exit code tells what became of it: 0, 5, 6, 8 (once), 10; throws NotFound and DeadlinePassed.
ExitCode follow(Context& ctx, const FollowPlan& plan, const FollowArgs& args);

}  // namespace fwctl::cli
