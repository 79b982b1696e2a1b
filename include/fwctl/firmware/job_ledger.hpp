#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fwctl/firmware/fleet_observer.hpp"
#include "fwctl/iothub/job.hpp"

namespace fwctl::firmware {

/// What became of each device's twin in a job; a text where the hub could not write it.
using JobRows = std::map<std::string, std::optional<std::string>>;

/// When the last of them ended; nullopt: none says so.
std::optional<Time> last_end(const std::vector<iothub::Job>& jobs);

/// The devices of jobs that have ended, by the rows that the hub has of each. They are read once, as a query gives a
/// hundred.
class JobLedger {
 public:
  /// So many rows take one query.
  static constexpr std::int64_t few = 100;

  /// Rows that the index does not have yet are waited for, so long after the jobs' end; `at_once`: by nobody whose jobs
  /// do not tell it.
  JobLedger(iothub::HubClient& hub, bool at_once, std::chrono::seconds patience)
      : hub_(hub), at_once_(at_once), patience_(patience) {}

  /// Devices whose twin the hub could not write join the settlement, whatever their twins say.
  void take_write_failures(const std::vector<iothub::Job>& jobs, Settlement& settlement);

  /// Where numbers do not agree, the index is behind, tags have changed, another job has come in between, or devices
  /// are gone: every device of the jobs that is not known yet is read by GET, and no other counts. `awaited` is how
  /// many rows there must be at least; of jobs that do not tell how many they have written, two readings must agree,
  /// too.
  void reconcile(const std::vector<iothub::Job>& jobs, FleetObserver& fleet, std::int64_t awaited,
                 Settlement& settlement);

  /// How many rows there are, as far as they were read.
  std::int64_t devices() const { return all_ ? std::ssize(*all_) : 0; }
  /// Whether the index has not all of the rows yet.
  bool incomplete() const { return incomplete_; }

 private:
  void count_the_unknown(FleetObserver& fleet, Settlement& settlement);
  void wait_for_rows(const std::vector<iothub::Job>& jobs, std::int64_t awaited);

  iothub::HubClient& hub_;
  bool at_once_;
  std::chrono::seconds patience_;
  std::optional<JobRows> failed_;
  std::optional<JobRows> all_;
  std::set<std::string> known_applied_;  // by GET
  bool incomplete_ = false;
  std::int64_t rows_before_ = 0;  // at the reading before
  std::optional<Time> awaited_since_;
};

}  // namespace fwctl::firmware
