#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "fwctl/firmware/fleet_observer.hpp"
#include "fwctl/firmware/job_ledger.hpp"
#include "fwctl/firmware/job_parts.hpp"

namespace fwctl::firmware {

/// What an update has come to, seen once. Three sources: the jobs' documents tell what was written, queries count the
/// devices while they work, and at the end their twins decide.
struct Observation {
  std::vector<iothub::Job> jobs;  // in their order; those that the hub has
  std::size_t missing = 0;        // that it does not have yet
  iothub::JobStatistics written;  // of all jobs together
  Time written_as_of;
  FleetCount fleet;                   // of the devices that the jobs target; no source: not looked at yet
  std::vector<DeviceState> troubled;  // when settled: final, and not applied; before that those that are known
  std::int64_t devices = 0;           // targeted
  bool settled = false;               // the jobs have ended and every device's verdict is final

  bool any(iothub::JobStatus status) const;
};

/// Follows the jobs that make up one update, mostly one, and the devices that they write to.
class JobObserver {
 public:
  struct Options {
    bool devices = true;   // false: the jobs alone
    bool at_once = false;  // settle whatever there is, as one who looks only once must
    std::chrono::seconds device_timeout{15 * 60};
  };
  JobObserver(iothub::HubClient& hub, const iothub::Budget& budget, std::vector<std::string> job_ids, Options options);

  /// One round: each job by GET while it lasts, and the devices as far as the budget has room. nullopt: the hub has
  /// none of the jobs. Throws what the client throws, and UsageError when a job writes no firmware, or another one than
  /// the first.
  std::optional<Observation> look();

  /// Devices that were seen to fail and were not told before, as far as the budget has room; all are told at the end.
  /// What `seen` knows of devices in trouble is brought up to date.
  std::vector<DeviceState> new_failures(Observation& seen);

  /// Whether it is worth to settle what the last look saw: the jobs have ended, and all devices seem to be decided, or
  /// out of time.
  bool is_due(const Observation& seen);
  /// Reads one by one the devices that are not known to run the version, which takes a while where they are many or
  /// numbers do not agree. Leaves `seen` as it is, and not settled, when it was not over yet.
  void settle(Observation& seen);

 private:
  std::optional<Observation> observation() const;
  FleetObserver& fleet();
  void look_at_fleet(const Observation& observation);
  bool follows_devices(const Observation& observation) const;
  bool have_devices(const Observation& observation) const;
  bool are_theirs(std::int64_t found);
  std::optional<std::int64_t> count_asked_by(const iothub::Job& job, const std::string& condition);
  void settle_jobs(Observation& observation);
  void settle_devices(Observation& observation);
  std::int64_t expected(const Observation& observation) const;

  iothub::HubClient& hub_;
  const iothub::Budget& budget_;
  JobParts parts_;
  Options options_;
  std::optional<FleetObserver> fleet_;
  std::int64_t most_seen_ = 0;  // devices of the fleet
  bool widened_ = false;        // to all that were asked since
  JobLedger ledger_;
};

}  // namespace fwctl::firmware
