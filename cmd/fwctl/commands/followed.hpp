#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cmd/fwctl/commands/follow.hpp"
#include "cmd/fwctl/output/output.hpp"
#include "fwctl/firmware/job_observer.hpp"

namespace fwctl::cli {

/// What was seen last of a job that is followed, as it is shown.
struct Followed {
  const FollowPlan& plan;
  const FollowArgs& args;
  const firmware::Observation& seen;

  /// The status of the only job; of several, the one that says most: running before queued before completed, …
  std::string status() const;

  /// How many devices the jobs name; 0: conditions select them.
  std::int64_t named() const;

  /// What it comes to; only when settled.
  ExitCode code() const;

  /// One line: `job fw-285 running: 40 of 100 twins written, 12 applied, 28 downloading`
  std::string text() const;

  /// The document, but for how it ended.
  nlohmann::ordered_json document(const std::string& outcome, Time now, const iothub::Budget& budget) const;
  /// Its columns.
  Columns columns() const;
};

}  // namespace fwctl::cli
