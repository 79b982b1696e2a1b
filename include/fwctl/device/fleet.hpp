#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "fwctl/device/mqtt_link.hpp"
#include "fwctl/device/simulated_device.hpp"
#include "fwctl/firmware/contract.hpp"

namespace fwctl::device {

/// A fleet at one moment, as the devices themselves know it: one that vanished for good is counted in the phase it is
/// really in.
struct FleetCounts {
  std::size_t devices = 0;
  std::size_t connected = 0;
  std::map<firmware::Status, std::size_t> phases;  // all of them, also with 0
  std::map<std::string, std::size_t> versions;     // what runs
};
/// {"devices","connected","phases":{current,…},"versions":{"1.0.0":…}}
nlohmann::json to_json(const FleetCounts& counts);

using MakeLink = std::function<std::unique_ptr<MqttLink>()>;
using OnFleetLoss = std::function<void(const std::string& device_id, const LinkLoss& loss)>;

/// Many devices on one thread.
class Fleet {
 public:
  Fleet(DeviceWorld world, MakeLink make_link, OnFleetLoss on_loss);
  ~Fleet();

  void add(DeviceSettings settings, UpdateState state);
  void start();
  void stop();
  FleetCounts counts() const;

 private:
  struct Member;

  DeviceWorld world_;
  MakeLink make_link_;
  OnFleetLoss on_loss_;
  std::vector<std::unique_ptr<Member>> members_;
};

}  // namespace fwctl::device
