#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "fwctl/firmware/fleet_observer.hpp"
#include "fwctl/firmware/job_ledger.hpp"

namespace fwctl::firmware {

/// What an update has come to, seen once. Three sources: the jobs' documents tell what was written, queries count the
/// devices while they work, and at the end their twins decide.
struct Observation {
  std::vector<iothub::Job> jobs;  // in their order; those that the hub has
  std::size_t missing = 0;        // that it does not have yet
  iothub::JobStatistics written;  // of all jobs together
  Time written_as_of;
  FleetCount fleet;                   // of the devices that the jobs target; no source: not looked at yet
  std::vector<DeviceState> failures;  // that were not told before, while the fleet works
  std::vector<DeviceState> troubled;  // when settled: final, and not applied
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

  /// One round: each job by GET while it lasts, and the devices as far as the budget has room. When all of them seem to
  /// be decided, or out of time, those that are not known to run the version are read one by one. nullopt: the hub has
  /// none of the jobs. Throws what the client throws, and UsageError when a job writes no firmware, or another one than
  /// the first.
  std::optional<Observation> look();

 private:
  struct Part {
    std::string id;
    std::optional<iothub::Job> job;
    Time as_of{};
  };
  void read_jobs();
  std::optional<Observation> observation() const;
  bool ended() const;
  bool counted() const;
  Time first_start() const;
  std::string wanted_version() const;
  FleetObserver& fleet();
  void look_at_devices(Observation& observation);
  bool are_theirs(std::int64_t found);
  bool is_due(const Observation& observation);
  void settle(Observation& observation);
  std::int64_t expected(const Observation& observation) const;

  iothub::HubClient& hub_;
  const iothub::Budget& budget_;
  std::vector<Part> parts_;
  Options options_;
  std::optional<FleetObserver> fleet_;
  JobLedger ledger_;
};

/// The firmware that the patch of a job writes; nullopt when it writes none.
std::optional<Desired> firmware_in(const std::string& update_twin);

}  // namespace fwctl::firmware
