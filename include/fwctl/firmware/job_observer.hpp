#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fwctl/firmware/fleet_observer.hpp"

namespace fwctl::firmware {

/// What a job has come to, seen once. Three sources: the job's document tells what was written, queries count the
/// devices while they work, and at the end their twins decide.
struct Observation {
  iothub::Job job;
  Time job_as_of;
  FleetCount fleet;                   // of the devices that the job targets; no source: not looked at yet
  std::vector<DeviceState> failures;  // that were not told before, while the fleet works
  std::vector<DeviceState> troubled;  // when settled: final, and not applied
  std::int64_t devices = 0;           // targeted
  bool settled = false;               // the job has ended and every device's verdict is final
};

/// Follows a job, and the devices that it writes to.
class JobObserver {
 public:
  struct Options {
    bool devices = true;   // false: the job alone
    bool at_once = false;  // settle whatever there is, as one who looks only once must
    std::chrono::seconds device_timeout{15 * 60};
  };
  JobObserver(iothub::HubClient& hub, const iothub::Budget& budget, std::string job_id, Options options);

  /// One round: the job by GET while it lasts, and the devices as far as the budget has room. When all of them seem to
  /// be decided, or out of time, those that are not known to run the version are read one by one. nullopt: no such job.
  /// Throws what the client throws, and Error when the job writes no firmware.
  std::optional<Observation> look(Time now);

 private:
  /// What became of each device's twin; a text where the hub could not write it.
  using Rows = std::map<std::string, std::optional<std::string>>;

  std::optional<iothub::Job> read_job();
  FleetObserver& fleet_of(const iothub::Job& job);
  void look_at_devices(Observation& observation, Time now);
  void settle(Observation& observation, Time now);
  std::int64_t expected(const iothub::Job& job) const;
  Rows read_rows(const std::string& status) const;
  void take_write_failures(Observation& observation, Settlement& settlement);
  void reconcile(Observation& observation, Settlement& settlement, Time now);

  iothub::HubClient& hub_;
  const iothub::Budget& budget_;
  std::string job_id_;
  Options options_;
  std::optional<iothub::Job> ended_;
  std::optional<FleetObserver> fleet_;
  std::optional<Rows> failed_rows_;
  std::optional<Rows> all_rows_;
  std::set<std::string> known_applied_;  // by GET
};

/// The firmware that a job writes; nullopt when it writes none.
std::optional<Desired> firmware_of(const iothub::Job& job);

}  // namespace fwctl::firmware
