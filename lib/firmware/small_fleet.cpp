#include "fwctl/firmware/small_fleet.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace fwctl::firmware {
namespace {

bool is_failure(VerdictKind kind) { return kind == VerdictKind::failed || kind == VerdictKind::rolled_back; }

}  // namespace

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
    counted.add(device->evidence, device->verdict, 1);
    devices_.push_back(std::move(*device));
  }
  return counted;
}

std::vector<DeviceState> SmallFleet::troubled() const {
  std::vector<DeviceState> found;
  std::copy_if(devices_.begin(), devices_.end(), std::back_inserter(found), [](const DeviceState& device) {
    const VerdictKind kind = device.verdict.kind;
    return is_failure(kind) || kind == VerdictKind::stuck || kind == VerdictKind::offline;
  });
  return found;
}

std::vector<DeviceState> SmallFleet::new_failures() {
  std::vector<DeviceState> found;
  for (const DeviceState& device : devices_) {
    if (!is_failure(device.verdict.kind) || !device.evidence.reported_at) continue;
    Time& told = told_[device.evidence.device_id];
    if (std::exchange(told, *device.evidence.reported_at) != *device.evidence.reported_at) found.push_back(device);
  }
  return found;
}

}  // namespace fwctl::firmware
