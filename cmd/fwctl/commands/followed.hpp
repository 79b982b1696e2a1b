#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cmd/fwctl/commands/follow.hpp"
#include "cmd/fwctl/output/output.hpp"
#include "fwctl/firmware/job_observer.hpp"

namespace fwctl::cli {

/// The jobs that make up one logical job, as they were seen last, taken together.
class Followed {
 public:
  explicit Followed(std::vector<firmware::Observation> parts);

  const std::vector<firmware::Observation>& parts() const { return parts_; }
  const firmware::FleetCount& fleet() const { return fleet_; }
  std::int64_t devices() const { return devices_; }
  const iothub::JobStatistics& written() const { return written_; }
  const std::vector<firmware::DeviceState>& troubled() const { return troubled_; }
  bool settled() const;

  /// The status of the only job; of several, the one that says most: running before queued before completed, …
  const std::string& status() const;

  /// What it comes to; only when settled.
  ExitCode code(const FollowArgs& args) const;

  /// One line: `job fw-285 running: 40 of 100 twins written, 12 applied, 28 downloading`
  std::string text(const std::string& id) const;

  /// The document, but for how it ended.
  nlohmann::ordered_json document(const std::string& id, const std::string& outcome, const FollowArgs& args, Time now,
                                  const iothub::Budget& budget) const;

 private:
  bool any(iothub::JobStatus status) const;
  nlohmann::ordered_json written_json() const;

  std::vector<firmware::Observation> parts_;
  firmware::FleetCount fleet_;
  std::int64_t devices_ = 0;
  iothub::JobStatistics written_;
  std::vector<firmware::DeviceState> troubled_;
};

/// The columns of the document above.
Columns followed_columns(const FollowArgs& args, bool one_job);

}  // namespace fwctl::cli
