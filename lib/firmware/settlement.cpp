#include "fwctl/firmware/settlement.hpp"

#include <algorithm>
#include <utility>

#include "lib/firmware/fleet_query.hpp"
#include "lib/firmware/query_rows.hpp"

namespace fwctl::firmware {

bool is_over(const Verdict& verdict) { return verdict.final || verdict.kind == VerdictKind::untouched; }

FleetCount exact_count(const Settlement& settlement, const std::string& version, Time now) {
  FleetCount exact;
  exact.source = Source::twins;
  exact.as_of = now;
  exact.devices = exact.decided = settlement.applied;
  if (settlement.applied > 0) exact.verdicts[VerdictKind::applied] = exact.versions[version] = settlement.applied;
  for (const DeviceState& device : settlement.others) exact.add(device.evidence, device.verdict, 1);
  return exact;
}

void Settlement::add(DeviceState device) {
  if (device.verdict.kind == VerdictKind::applied) {
    ++applied;
  } else {
    others.push_back(std::move(device));
  }
}

bool is_over(const Settlement& settlement) {
  return std::all_of(settlement.others.begin(), settlement.others.end(),
                     [](const DeviceState& device) { return is_over(device.verdict); });
}

std::int64_t count_devices(iothub::HubClient& hub, const std::string& condition) {
  const auto rows = hub.query(fleet_query::count(condition)).next();
  return rows && !rows->empty() ? count_in(rows->front()) : 0;
}

Settlement settle_by_query(iothub::HubClient& hub, const FleetQuestion& fleet, const std::string& condition) {
  using fleet_query::both;
  Settlement settlement;
  settlement.applied = count_devices(hub, both(condition, fleet_query::runs(fleet.version)));
  auto pages = hub.query(fleet_query::select_ids(both(condition, fleet_query::does_not_run(fleet.version))));
  while (const auto page = pages.next()) {
    for (const std::string& row : *page) {
      if (auto device = read_device(hub, device_in(row), fleet)) {
        settlement.add(std::move(*device));
      } else {
        ++settlement.deleted;  // the index is late to notice
      }
    }
  }
  return settlement;
}

Settlement settle_one_by_one(iothub::HubClient& hub, const FleetQuestion& fleet) {
  Settlement settlement;
  read_fleet(hub, fleet, [&](const DeviceState& seen) {
    if (seen.verdict.kind == VerdictKind::applied) return settlement.add(seen);
    if (auto device = read_device(hub, seen.evidence.device_id, fleet)) settlement.add(std::move(*device));
  });
  return settlement;
}

}  // namespace fwctl::firmware
