#include "fwctl/firmware/fleet_observer.hpp"

#include <algorithm>

#include "fwctl/iothub/error.hpp"
#include "lib/firmware/fleet_query.hpp"
#include "lib/firmware/query_rows.hpp"

namespace fwctl::firmware {
namespace {

/// Between two looks at who is in a small fleet.
constexpr std::chrono::seconds census_every{60};

std::int64_t failures_in(const Counts& counts) {
  return count_of(counts, VerdictKind::failed) + count_of(counts, VerdictKind::rolled_back);
}

}  // namespace

bool is_over(const Verdict& verdict) { return verdict.final || verdict.kind == VerdictKind::untouched; }

FleetCount count_of(const Settlement& settlement, Time now) {
  FleetCount exact;
  exact.source = Source::twins;
  exact.as_of = now;
  exact.devices = settlement.applied;
  if (settlement.applied > 0) exact.verdicts[VerdictKind::applied] = settlement.applied;
  for (const DeviceState& device : settlement.others) exact.add(device.evidence, device.verdict.kind, 1);
  return exact;
}

FleetObserver::FleetObserver(iothub::HubClient& hub, const iothub::Budget& budget, Options options)
    : hub_(hub), budget_(budget), options_(std::move(options)), census_(hub, options_.condition, options_.version) {}

Question FleetObserver::question(Time now) const {
  return {options_.version, std::nullopt, now, options_.device_timeout, options_.since};
}

bool FleetObserver::look(Time now, std::optional<std::int64_t> expected) {
  if (!first_seen_) first_seen_ = now;
  const bool complete =
      !small_.empty() && static_cast<std::int64_t>(small_.size()) == expected.value_or(count_.devices);
  const bool has_query = budget_.has(iothub::Operation::queries);
  if (!small_.empty() && (!has_query || (complete && now < census_due_))) {
    read_small_fleet(now);
    return true;
  }
  if (seen_ && !has_query) return false;
  census_.read(now);
  count_ = census_.latest();
  seen_ = true;
  look_for_small_fleet(now);
  return true;
}

void FleetObserver::look_for_small_fleet(Time now) {
  small_.clear();
  devices_.clear();
  if (count_.devices == 0 || count_.devices > small_fleet) return;
  auto pages = hub_.query(fleet_query::select_ids(options_.condition));
  while (const auto page = pages.next()) {
    for (const std::string& row : *page) small_.push_back(device_in(row));
  }
  census_due_ = now + census_every;
  read_small_fleet(now);
}

void FleetObserver::read_small_fleet(Time now) {
  FleetCount counted;
  counted.source = Source::twins;
  counted.as_of = now;
  devices_.clear();
  for (const std::string& id : small_) {
    auto device = judge_by_get(id, now);
    if (!device) continue;  // deleted since
    counted.add(device->evidence, device->verdict.kind, 1);
    devices_.push_back(std::move(*device));
  }
  count_ = std::move(counted);
}

std::vector<DeviceState> FleetObserver::new_failures(Time now, int most) {
  if (!small_.empty()) return new_failures_of_small_fleet();
  const std::int64_t failures = failures_in(count().verdicts);
  if (failures <= failures_told_ || no_time_filter_ || !budget_.has(iothub::Operation::queries)) return {};
  using fleet_query::both;
  std::string condition =
      both(both(options_.condition, fleet_query::says_failed()), fleet_query::reported_since_asked());
  if (last_failure_) condition = both(condition, fleet_query::reported_after(*last_failure_));
  std::vector<DeviceState> found;
  try {
    const auto page = hub_.query(fleet_query::select("*", condition), most).next();
    for (const std::string& row : page.value_or(iothub::Page<std::string>{})) {
      DeviceState device{read_evidence(row), {}};
      device.verdict = judge(device.evidence, question(now));
      if (!device.evidence.reported_at) continue;
      last_failure_ = std::max(last_failure_.value_or(*device.evidence.reported_at), *device.evidence.reported_at);
      found.push_back(std::move(device));
    }
    failures_told_ = failures;
  } catch (const iothub::ServiceError& error) {
    if (error.status() != 400) throw;
    no_time_filter_ = true;  // they are all told at the end
  }
  return found;
}

std::vector<DeviceState> FleetObserver::new_failures_of_small_fleet() {
  std::vector<DeviceState> found;
  for (const DeviceState& device : devices_) {
    const bool failed = device.verdict.kind == VerdictKind::failed || device.verdict.kind == VerdictKind::rolled_back;
    if (!failed || !device.evidence.reported_at || device.evidence.reported_at <= last_failure_) continue;
    found.push_back(device);
  }
  for (const DeviceState& device : found) last_failure_ = std::max(last_failure_, device.evidence.reported_at);
  return found;
}

bool FleetObserver::may_be_over(Time now, std::int64_t expected) const {
  const std::int64_t undecided = std::max<std::int64_t>(expected - count().decided(), 0);
  if (!deadlines_) {
    return undecided == 0 || now >= first_seen_.value_or(now) + options_.device_timeout;
  }
  if (undecided == 0 && count().verdicts != counts_at_settlement_) return true;
  const auto expired = std::count_if(deadlines_->begin(), deadlines_->end(), [&](Time end) { return end <= now; });
  return expired > 0 && (expired >= undecided || expired == static_cast<std::ptrdiff_t>(deadlines_->size()));
}

void FleetObserver::not_over(Time now, const std::vector<DeviceState>& others) {
  deadlines_.emplace();
  for (const DeviceState& device : others) {
    if (!is_over(device.verdict)) deadlines_->push_back(deadline_of(device.evidence, question(now)));
  }
  if (deadlines_->empty()) deadlines_->push_back(now + options_.device_timeout);
  counts_at_settlement_ = count().verdicts;
}

std::optional<DeviceState> FleetObserver::judge_by_get(const std::string& id, Time now) {
  const auto twin = hub_.get_twin(id);
  if (!twin) return std::nullopt;
  DeviceState device{read_evidence(twin->document), {}};
  device.verdict = judge(device.evidence, question(now));
  return device;
}

Settlement FleetObserver::settle(Time now) {
  if (!small_.empty()) return settle_small_fleet(now);
  try {
    return settle_by_query(now);
  } catch (const iothub::ServiceError& error) {
    if (error.status() != 400) throw;
    return settle_one_by_one(now);
  }
}

Settlement FleetObserver::settle_small_fleet(Time now) {
  read_small_fleet(now);
  Settlement settlement;
  for (const DeviceState& device : devices_) {
    if (device.verdict.kind == VerdictKind::applied) {
      ++settlement.applied;
    } else {
      settlement.others.push_back(device);
    }
  }
  return settlement;
}

Settlement FleetObserver::settle_by_query(Time now) {
  using fleet_query::both;
  Settlement settlement;
  const auto counted =
      hub_.query(fleet_query::count(both(options_.condition, fleet_query::runs(options_.version)))).next();
  for (const std::string& row : counted.value_or(iothub::Page<std::string>{})) {
    settlement.applied += count_in(row);
  }
  auto pages =
      hub_.query(fleet_query::select_ids(both(options_.condition, fleet_query::does_not_run(options_.version))));
  while (const auto page = pages.next()) {
    for (const std::string& row : *page) {
      auto device = judge_by_get(device_in(row), now);
      if (!device) continue;  // deleted: the index is late to notice
      if (device->verdict.kind == VerdictKind::applied) {
        ++settlement.applied;
      } else {
        settlement.others.push_back(std::move(*device));
      }
    }
  }
  return settlement;
}

/// For hubs that do not take the queries: whole twins, a page at a time, and a GET for each that is not there yet.
Settlement FleetObserver::settle_one_by_one(Time now) {
  Settlement settlement;
  read_fleet(hub_, options_.condition, question(now), [&](const DeviceState& seen) {
    if (seen.verdict.kind == VerdictKind::applied) {
      ++settlement.applied;
    } else if (auto device = judge_by_get(seen.evidence.device_id, now)) {
      if (device->verdict.kind == VerdictKind::applied) {
        ++settlement.applied;
      } else {
        settlement.others.push_back(std::move(*device));
      }
    }
  });
  return settlement;
}

}  // namespace fwctl::firmware
