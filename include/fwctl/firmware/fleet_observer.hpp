#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "fwctl/firmware/census.hpp"
#include "fwctl/iothub/quota.hpp"

namespace fwctl::firmware {

/// A fleet at its end, exactly: those that run the version, counted, and every other device, each judged by its own
/// twin.
struct Settlement {
  std::int64_t applied = 0;
  std::vector<DeviceState> others;
};

/// The exact numbers of a settlement. What the devices say they run is known of those that do not run it alone.
FleetCount count_of(const Settlement& settlement, Time now);

/// Nothing more is to be expected of the device: its verdict is final, or another job has taken it over.
bool is_over(const Verdict& verdict);

/// Watches what a fleet reports, in budget. A small fleet is read by GET, which is exact and cheap; a large one is
/// counted by aggregate queries while it works, with single devices read only where something failed, and those in
/// doubt settled by GET at the end.
class FleetObserver {
 public:
  struct Options {
    std::string condition;
    std::string version;  // wanted; empty: whatever each twin wants
    std::chrono::seconds device_timeout{15 * 60};
    std::optional<Time> since;  // wishes from before do not count
  };
  FleetObserver(iothub::HubClient& hub, const iothub::Budget& budget, Options options);

  /// So few devices are read by GET, each at every look.
  static constexpr std::int64_t small_fleet = 20;

  /// Reads if the budget has room for it, at the first time in any case. True: there are new numbers. `expected` is how
  /// many devices there must be, if that is known.
  bool look(Time now, std::optional<std::int64_t> expected = {});
  const FleetCount& count() const { return count_; }
  /// Each device of a small fleet; empty when it is none.
  const std::vector<DeviceState>& devices() const { return devices_; }

  /// Devices that failed since the last time, at most `most` of them; reads only when the census counts more than
  /// before and the budget has room.
  std::vector<DeviceState> new_failures(Time now, int most);

  /// Whether it is worth to settle: the census has all `expected` devices decided, or the time of the others is up.
  bool may_be_over(Time now, std::int64_t expected) const;

  /// Counts the devices that run the version and reads every other one's twin.
  Settlement settle(Time now);
  /// One device, by GET; nullopt: deleted.
  std::optional<DeviceState> judge_by_get(const std::string& id, Time now);
  /// It was not over yet after all: waits for the next change, or for the time of those that are left.
  void not_over(Time now, const std::vector<DeviceState>& others);

 private:
  Question question(Time now) const;
  void look_for_small_fleet(Time now);
  void read_small_fleet(Time now);
  std::vector<DeviceState> new_failures_of_small_fleet();
  Settlement settle_small_fleet(Time now);
  Settlement settle_by_query(Time now);
  Settlement settle_one_by_one(Time now);

  iothub::HubClient& hub_;
  const iothub::Budget& budget_;
  Options options_;
  Census census_;
  FleetCount count_;
  std::vector<DeviceState> devices_;
  std::vector<std::string> small_;  // the ids of a small fleet
  Time census_due_;                 // who is in it changes rarely
  bool seen_ = false;
  bool no_time_filter_ = false;
  std::int64_t failures_told_ = 0;
  std::optional<Time> last_failure_;
  /// When the devices of the last settlement that was none will have run out of time.
  std::optional<std::vector<Time>> deadlines_;
  Counts counts_at_settlement_;
  std::optional<Time> first_seen_;
};

}  // namespace fwctl::firmware
