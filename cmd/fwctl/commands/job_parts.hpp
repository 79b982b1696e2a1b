#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cmd/fwctl/commands/targets.hpp"
#include "cmd/fwctl/context.hpp"
#include "fwctl/iothub/job.hpp"

namespace fwctl::cli {

/// One update, and the hub's jobs that it takes: one, or as many parts as its targets.
struct LogicalJob {
  iothub::TwinJob common;  // id: the logical one; the condition is each part's own
  Targets targets;

  std::size_t parts() const { return targets.parts(); }
  iothub::TwinJob part(std::size_t index) const;  // from 0
};

/// A job as the hub has it.
struct Submitted {
  std::string id;
  std::string status;  // the wire's word
  std::optional<Time> start;
  std::string failure_reason;  // of a job that has failed already
  std::string document;  // the hub's own; kept of an only part alone, so that memory does not grow with their number
};

struct SubmitPlan {
  bool wait_for_slot = false;  // also while a job that is not ours holds it
  std::chrono::milliseconds interval{5'000};
  std::string resume;  // the way to go on
};

/// Submits the parts in their order. A part that finds all slots taken waits while a part of the same job holds one,
/// and with `wait_for_slot` while any job does. What is submitted already, by an earlier run, is success. When it ends
/// early it tells how far it came.
std::vector<Submitted> submit_parts(Context& ctx, const LogicalJob& job, const SubmitPlan& plan);

}  // namespace fwctl::cli
