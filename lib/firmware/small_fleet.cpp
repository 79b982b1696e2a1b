#include "fwctl/firmware/small_fleet.hpp"

#include <utility>

namespace fwctl::firmware {

void SmallFleet::consist_of(std::vector<std::string> ids) {
  ids_ = std::move(ids);
  devices_.clear();
}

FleetCount SmallFleet::read(const FleetQuestion& fleet) {
  FleetCount counted;
  counted.source = Source::twins;
  counted.as_of = hub_.now();
  devices_.clear();
  for (const std::string& id : ids_) {
    auto device = read_device(hub_, id, fleet);
    if (!device || was_not_asked_since(device->evidence, fleet.at(hub_.now()))) continue;
    counted.add(device->evidence, device->verdict.kind, 1);
    devices_.push_back(std::move(*device));
  }
  return counted;
}

std::vector<DeviceState> SmallFleet::new_failures() {
  std::vector<DeviceState> found;
  for (const DeviceState& device : devices_) {
    const bool failed = device.verdict.kind == VerdictKind::failed || device.verdict.kind == VerdictKind::rolled_back;
    if (!failed || !device.evidence.reported_at) continue;
    Time& told = told_[device.evidence.device_id];
    if (std::exchange(told, *device.evidence.reported_at) != *device.evidence.reported_at) found.push_back(device);
  }
  return found;
}

}  // namespace fwctl::firmware
