#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "lib/localhub/front/device_connection.hpp"

namespace fwctl::localhub {

/// The connections of devices, by what carries them and by what the hub calls them.
class DeviceTable {
 public:
  explicit DeviceTable(std::size_t most) : most_(most) {}

  /// Makes sure that there is room for one more. False: there is none. Who has not said CONNECT has to go first, the
  /// oldest of them.
  bool make_room();
  void add(std::shared_ptr<DeviceConnection> connection) { all_.insert(std::move(connection)); }
  /// It may have said CONNECT.
  void look_at(DeviceConnection& connection);
  void forget(DeviceConnection& closed);

  void carry_out(const std::vector<Effect>& effects);
  /// Drops devices that were silent for too long, and connections that never said CONNECT.
  void close_silent(std::chrono::nanoseconds uptime);

 private:
  std::size_t most_;
  std::set<std::shared_ptr<DeviceConnection>> all_;
  std::map<ConnectionId, DeviceConnection*> by_id_;
};

}  // namespace fwctl::localhub
