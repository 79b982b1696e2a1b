#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "fwctl/firmware/census.hpp"
#include "fwctl/firmware/settlement.hpp"
#include "fwctl/firmware/small_fleet.hpp"
#include "fwctl/iothub/quota.hpp"

namespace fwctl::firmware {

/// Watches what a fleet reports, in budget. A small fleet is read by GET, which is exact and cheap; a large one is
/// counted by aggregate queries while it works, with single devices read only where something failed, and those in
/// doubt settled by GET at the end.
class FleetObserver {
 public:
  FleetObserver(iothub::HubClient& hub, const iothub::Budget& budget, FleetQuestion fleet);

  /// Reads if the budget has room for it, at the first time in any case. True: there are new numbers. `expected` is how
  /// many devices there must be, if that is known.
  bool look(std::optional<std::int64_t> expected = {});
  const FleetCount& count() const { return count_; }
  /// Nothing was asked of the devices after that time: what the first look saw may be as old.
  void stands_since(Time time) { changed_ = std::min(changed_, time); }
  /// From the next look on, those that another condition selects.
  void select(std::string condition);
  /// Each device of a small fleet; empty when it is none.
  const std::vector<DeviceState>& devices() const { return small_.devices(); }

  /// Devices that failed since the last time, at most `most` of them; reads only when the census counts more than
  /// before and the budget has room.
  std::vector<DeviceState> new_failures(int most);
  /// Devices that are known to be in trouble, while the others are at it: of a large fleet those that new_failures()
  /// gave, as they were then.
  std::vector<DeviceState> troubled() const;

  /// Whether it is worth to settle: the census has all `expected` devices decided, or the time of the others is up. The
  /// same goes when those that it does not have are few, or have not come for a while: others may have taken them over.
  /// Where it has more than are expected, some are others'.
  bool may_be_over(std::int64_t expected);
  /// The same for one who has not looked before, and does not wait: few are left, or none of many has time left, which
  /// takes a query.
  bool may_be_over_at_once(std::int64_t expected);

  /// Counts the devices that run the version and reads every other one's twin.
  Settlement settle();
  /// The same for one who has no other list of the devices. A device of which neither query can tell, because a
  /// property is of a type of its own, is in neither: if fewer are found than were counted, all are read.
  Settlement settle_surely();
  /// One device, by GET; nullopt: deleted.
  std::optional<DeviceState> judge_by_get(const std::string& id) const;
  /// It was not over yet after all: waits for the next change, or for the time of those that are left.
  void not_over(const std::vector<DeviceState>& others);

 private:
  std::int64_t undecided(std::int64_t expected) const;
  bool all_seen_are_decided(std::int64_t expected) const;
  bool a_few_stand_still() const;
  bool time_is_up();
  std::optional<bool> some_have_time();
  void look_for_small_fleet();
  std::vector<DeviceState> read_failures(int most);
  bool has_untold_failures() const;
  void forget_failures();
  Settlement settle_small_fleet();

  iothub::HubClient& hub_;
  const iothub::Budget& budget_;
  FleetQuestion fleet_;
  Census census_;
  FleetCount count_;
  SmallFleet small_;
  Time census_due_;  // who is in a small fleet changes rarely
  bool seen_ = false;
  bool no_time_filter_ = false;
  std::int64_t failures_told_ = 0;
  std::map<std::string, DeviceState> failed_;  // of a large fleet, by name
  std::optional<Time> last_failure_;           // of them
  /// When the devices of the last settlement that was none will have run out of time.
  std::optional<std::vector<Time>> deadlines_;
  Counts count_by_query_;
  std::optional<Counts> count_at_settlement_;  // by query; until it changes
  Time settled_{};                             // when that was
  Time time_check_due_{};
  Time changed_{};  // when the numbers last did
};

}  // namespace fwctl::firmware
