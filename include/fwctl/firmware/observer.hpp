#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fwctl/firmware/verdict.hpp"
#include "fwctl/iothub/hub_client.hpp"

namespace fwctl::firmware {

/// How many devices stand how; a kind that no device has is absent.
using Counts = std::map<VerdictKind, std::int64_t>;
std::int64_t count_of(const Counts& counts, VerdictKind kind);

/// One device, judged.
struct DeviceState {
  Evidence evidence;
  Verdict verdict;
};

/// Reads every twin that the condition selects, a page at a time, and hands each over judged.
void read_fleet(iothub::HubClient& hub, const std::string& condition, const Question& question,
                const std::function<void(const DeviceState&)>& on_device);

/// What a job has come to, seen once.
struct Observation {
  iothub::Job job;
  Counts counts;                      // of the devices that the job targets; empty until it has ended
  std::vector<DeviceState> troubled;  // final, and not applied
  std::int64_t devices = 0;           // targeted
  bool settled = false;               // the job has ended and every device's verdict is final
};

/// Follows a job, then the devices that it wrote to.
class JobObserver {
 public:
  struct Options {
    bool devices = true;  // false: the job alone
    std::chrono::seconds device_timeout{15 * 60};
  };
  JobObserver(iothub::HubClient& hub, std::string job_id, Options options);

  /// One round of requests: the job; once it has ended, its rows (once) and the twins of its devices. A device that the
  /// condition no longer selects, or that the query index does not show, is read by GET. nullopt: no such job.
  /// Throws what the client throws, and Error when the job writes no firmware.
  std::optional<Observation> look(Time now);

 private:
  void read_rows();
  void judge_devices(Observation& observation, Time now);
  void take(Observation& observation, const DeviceState& device);

  iothub::HubClient& hub_;
  std::string job_id_;
  Options options_;
  std::optional<iothub::Job> ended_;
  /// The job's devices; a text where the hub could not write the twin.
  std::map<std::string, std::optional<std::string>> targets_;
  bool rows_read_ = false;
};

/// The firmware that a job writes; nullopt when it writes none.
std::optional<Desired> firmware_of(const iothub::Job& job);

}  // namespace fwctl::firmware
