#include "fwctl/device/fleet.hpp"

#include <nlohmann/json.hpp>

namespace fwctl::device {

using firmware::Status;
using nlohmann::json;

struct Fleet::Member final : DeviceObserver {
  Member(DeviceSettings settings, UpdateState state, const DeviceWorld& world, std::unique_ptr<MqttLink> made,
         const OnFleetLoss& loss)
      : id(settings.connection.device_id),
        on_fleet_loss(loss),
        link(std::move(made)),
        device(std::move(settings), std::move(state), world, *link, *this) {}

  void on_say(const Say&) override {}
  void on_save(const UpdateState&) override {}
  void on_online() override {}
  void on_loss(const LinkLoss& loss, std::chrono::milliseconds) override { on_fleet_loss(id, loss); }

  std::string id;
  const OnFleetLoss& on_fleet_loss;
  std::unique_ptr<MqttLink> link;
  SimulatedDevice device;
};

Fleet::Fleet(DeviceWorld world, MakeLink make_link, OnFleetLoss on_loss)
    : world_(std::move(world)), make_link_(std::move(make_link)), on_loss_(std::move(on_loss)) {}

Fleet::~Fleet() = default;

void Fleet::add(DeviceSettings settings, UpdateState state) {
  members_.push_back(std::make_unique<Member>(std::move(settings), std::move(state), world_, make_link_(), on_loss_));
}

void Fleet::start() {
  for (auto& member : members_) member->device.start();
}

void Fleet::stop() {
  for (auto& member : members_) member->device.stop();
}

FleetCounts Fleet::counts() const {
  FleetCounts counts;
  for (const Status status : {Status::current, Status::downloading, Status::verifying, Status::applying,
                              Status::rebooting, Status::error, Status::rolled_back}) {
    counts.phases[status] = 0;
  }
  counts.devices = members_.size();
  for (const auto& member : members_) {
    const firmware::Reported& reported = member->device.state().reported;
    if (member->device.online()) ++counts.connected;
    ++counts.phases[reported.status];
    ++counts.versions[reported.current_version];
  }
  return counts;
}

json to_json(const FleetCounts& counts) {
  json phases = json::object();
  for (const auto& [status, number] : counts.phases) phases[std::string(firmware::to_text(status))] = number;
  return {{"devices", counts.devices},
          {"connected", counts.connected},
          {"phases", std::move(phases)},
          {"versions", counts.versions}};
}

}  // namespace fwctl::device
