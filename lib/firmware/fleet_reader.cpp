#include "fwctl/firmware/fleet_reader.hpp"

#include <nlohmann/json.hpp>

#include "lib/firmware/fleet_query.hpp"
#include "lib/firmware/query_rows.hpp"

namespace fwctl::firmware {

std::map<std::optional<std::string>, std::int64_t> count_versions(iothub::HubClient& hub,
                                                                  const std::string& condition) {
  std::map<std::optional<std::string>, std::int64_t> counts;
  auto pages = hub.query(fleet_query::count_versions(condition));
  while (const auto page = pages.next()) {
    for (const std::string& text : *page) {
      const nlohmann::json row = parse_row(text);
      const std::int64_t devices = count_in(row);
      const bool told = row.contains(fleet_query::version_column) && row[fleet_query::version_column].is_string();
      counts[told ? std::optional(text_in(row, fleet_query::version_column)) : std::nullopt] += devices;
    }
  }
  return counts;
}

std::optional<DeviceState> read_device(iothub::HubClient& hub, const std::string& id, const FleetQuestion& fleet) {
  const auto twin = hub.get_twin(id);
  if (!twin) return std::nullopt;
  DeviceState device{read_evidence(twin->document), {}};
  device.verdict = judge(device.evidence, fleet.at(hub.now()));
  return device;
}

void read_fleet(iothub::HubClient& hub, const FleetQuestion& fleet,
                const std::function<void(const DeviceState&)>& on_device) {
  auto pages = hub.query(fleet_query::select("*", fleet.condition));
  while (const auto page = pages.next()) {
    const Question question = fleet.at(hub.now());
    for (const std::string& row : *page) {
      DeviceState device{read_evidence(row), {}};
      if (was_not_asked_since(device.evidence, question)) continue;
      device.verdict = judge(device.evidence, question);
      on_device(device);
    }
  }
}

}  // namespace fwctl::firmware
