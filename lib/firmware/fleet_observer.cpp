#include "fwctl/firmware/fleet_observer.hpp"

#include <algorithm>
#include <utility>

#include "fwctl/iothub/error.hpp"
#include "lib/firmware/fleet_query.hpp"
#include "lib/firmware/query_rows.hpp"

namespace fwctl::firmware {
namespace {

/// Between two looks at who is in a small fleet.
constexpr std::chrono::seconds census_every{60};

/// Between two queries for devices that have time left.
constexpr std::chrono::seconds time_check_every{60};

/// The index is rarely as late as that.
constexpr std::chrono::minutes standstill{2};

/// So many devices are read one by one without asking first whether that is worth it.
constexpr std::int64_t few = 100;

std::int64_t failures_in(const Counts& counts) {
  return count_of(counts, VerdictKind::failed) + count_of(counts, VerdictKind::rolled_back);
}

}  // namespace

FleetObserver::FleetObserver(iothub::HubClient& hub, const iothub::Budget& budget, FleetQuestion fleet)
    : hub_(hub), budget_(budget), fleet_(std::move(fleet)), census_(hub, fleet_), small_(hub) {}

void FleetObserver::select(std::string condition) {
  fleet_.condition = std::move(condition);
  census_.select(fleet_.condition);
  small_.consist_of({});
}

bool FleetObserver::look(std::optional<std::int64_t> expected) {
  const bool complete = !small_.empty() && small_.size() == expected.value_or(count_.devices);
  const bool has_query = budget_.has(iothub::Operation::queries);
  if (!small_.empty() && (!has_query || (complete && hub_.now() < census_due_))) {
    count_ = small_.read(fleet_);
    return true;
  }
  if (seen_ && (!has_query || has_untold_failures())) return false;  // whose turn it is then
  census_.read();
  if (!seen_ || census_.latest().verdicts != count_by_query_) changed_ = hub_.now();
  count_by_query_ = census_.latest().verdicts;
  if (count_by_query_ != count_at_settlement_) count_at_settlement_.reset();
  count_ = census_.latest();
  if (failures_in(count_.verdicts) < std::ssize(failed_)) forget_failures();  // some have come round
  seen_ = true;
  look_for_small_fleet();
  return true;
}

void FleetObserver::look_for_small_fleet() {
  small_.consist_of({});
  if (count_.devices == 0 || count_.devices > SmallFleet::most) return;
  std::vector<std::string> ids;
  auto pages = hub_.query(fleet_query::select_ids(census_.condition()));
  while (const auto page = pages.next()) {
    for (const std::string& row : *page) ids.push_back(device_in(row));
  }
  small_.consist_of(std::move(ids));
  census_due_ = hub_.now() + census_every;
  if (!small_.empty()) count_ = small_.read(fleet_);
}

std::vector<DeviceState> FleetObserver::new_failures(int most) {
  if (!small_.empty()) return small_.new_failures();
  if (!has_untold_failures() || !budget_.has(iothub::Operation::queries)) return {};
  try {
    auto found = read_failures(most);
    failures_told_ = failures_in(count().verdicts);
    return found;
  } catch (const iothub::ServiceError& error) {
    if (error.status() != 400) throw;
    no_time_filter_ = true;  // they are all told at the end
    return {};
  }
}

bool FleetObserver::has_untold_failures() const {
  return small_.empty() && !no_time_filter_ && failures_in(count().verdicts) > failures_told_;
}

void FleetObserver::forget_failures() {
  failed_.clear();
  last_failure_.reset();
  failures_told_ = 0;
}

std::vector<DeviceState> FleetObserver::read_failures(int most) {
  using fleet_query::both;
  std::string condition =
      both(both(census_.condition(), fleet_query::says_failed()), fleet_query::reported_since_asked());
  if (last_failure_) condition = both(condition, fleet_query::reported_after(*last_failure_));
  std::vector<DeviceState> found;
  const auto page = hub_.query(fleet_query::select("*", condition), most).next();
  for (const std::string& row : page.value_or(iothub::Page<std::string>{})) {
    DeviceState device{read_evidence(row), {}};
    device.verdict = judge(device.evidence, fleet_.at(hub_.now()));
    if (!device.evidence.reported_at) continue;
    last_failure_ = std::max(last_failure_.value_or(*device.evidence.reported_at), *device.evidence.reported_at);
    failed_.insert_or_assign(device.evidence.device_id, device);
    found.push_back(std::move(device));
  }
  return found;
}

std::vector<DeviceState> FleetObserver::troubled() const {
  if (!small_.empty()) return small_.troubled();
  std::vector<DeviceState> troubled;
  for (const auto& [id, device] : failed_) troubled.push_back(device);
  return troubled;
}

std::int64_t FleetObserver::undecided(std::int64_t expected) const {
  return std::max<std::int64_t>(expected - count().decided, 0);
}

/// The index is late to have what a job has just written, so devices that it does not have count only when they are
/// few.
bool FleetObserver::all_seen_are_decided(std::int64_t expected) const {
  return count().decided >= std::min(count().devices, expected) && expected - count().devices <= few;
}

bool FleetObserver::may_be_over(std::int64_t expected) {
  const std::int64_t left = undecided(expected);
  const Time now = hub_.now();
  const bool decided = all_seen_are_decided(expected);
  if (a_few_stand_still()) return true;
  if (!deadlines_) return decided || time_is_up();
  if (decided && !count_at_settlement_) return true;
  const auto expired = std::count_if(deadlines_->begin(), deadlines_->end(), [&](Time end) { return end <= now; });
  return expired > 0 && (expired >= left || expired == static_cast<std::ptrdiff_t>(deadlines_->size()));
}

/// Those that are left may be others', while devices that are expected are gone.
bool FleetObserver::a_few_stand_still() const {
  const bool is_few = count().devices - count().decided <= few;
  return is_few && hub_.now() >= std::max(changed_, settled_) + standstill;
}

bool FleetObserver::may_be_over_at_once(std::int64_t expected) {
  return undecided(expected) <= few || !some_have_time().value_or(false);
}

/// Of a large fleet, whose verdicts do not say so. Asked once in a while, and not before a device can have run out of
/// the time that it has.
bool FleetObserver::time_is_up() {
  const Time now = hub_.now();
  if (!small_.empty()) return false;
  if (now < std::max(time_check_due_, fleet_.since.value_or(Time{}) + fleet_.device_timeout)) return false;
  time_check_due_ = now + std::min<Ticks>(fleet_.device_timeout, time_check_every);
  return !some_have_time().value_or(true);
}

/// Whether a device that is not at its end has changed so lately that it is not given up. nullopt: the hub does not
/// compare times; the devices' twins will tell.
std::optional<bool> FleetObserver::some_have_time() {
  using fleet_query::both;
  const std::string unfinished = both(fleet_query::does_not_run(fleet_.version), fleet_query::has_not_failed());
  const std::string lately = fleet_query::changed_since(hub_.now() - fleet_.device_timeout);
  try {
    return count_devices(hub_, both(census_.condition(), both(unfinished, lately))) > 0;
  } catch (const iothub::ServiceError& error) {
    if (error.status() != 400) throw;
    return std::nullopt;
  }
}

void FleetObserver::not_over(const std::vector<DeviceState>& others) {
  deadlines_.emplace();
  for (const DeviceState& device : others) {
    if (!is_over(device.verdict)) deadlines_->push_back(deadline_of(device.evidence, fleet_.at(hub_.now())));
  }
  if (deadlines_->empty()) deadlines_->push_back(hub_.now() + fleet_.device_timeout);
  count_at_settlement_ = count_by_query_;
  settled_ = hub_.now();
}

std::optional<DeviceState> FleetObserver::judge_by_get(const std::string& id) const {
  return read_device(hub_, id, fleet_);
}

Settlement FleetObserver::settle() {
  if (!small_.empty()) return settle_small_fleet();
  try {
    return settle_by_query(hub_, fleet_, census_.condition());
  } catch (const iothub::ServiceError& error) {
    if (error.status() != 400) throw;
    return settle_one_by_one(hub_, fleet_);
  }
}

Settlement FleetObserver::settle_small_fleet() {
  count_ = small_.read(fleet_);
  Settlement settlement;
  for (const DeviceState& device : small_.devices()) settlement.add(device);
  return settlement;
}

Settlement FleetObserver::settle_surely() {
  Settlement settlement = settle();
  return settlement.size() + settlement.deleted < count().devices ? settle_one_by_one(hub_, fleet_) : settlement;
}

}  // namespace fwctl::firmware
