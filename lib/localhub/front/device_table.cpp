#include "lib/localhub/front/device_table.hpp"

#include <algorithm>
#include <utility>

namespace fwctl::localhub {

bool DeviceTable::make_room() {
  if (all_.size() < most_) return true;
  const auto rank = [](const auto& device) { return std::pair{device->connection() != 0, device->deadline()}; };
  const auto first =
      *std::min_element(all_.begin(), all_.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  if (first->connection() != 0) return false;
  first->close();
  return true;
}

void DeviceTable::look_at(DeviceConnection& connection) {
  if (connection.connection() != 0) by_id_[connection.connection()] = &connection;
}

void DeviceTable::forget(DeviceConnection& closed) {
  by_id_.erase(closed.connection());
  all_.erase(closed.shared_from_this());
}

void DeviceTable::carry_out(const std::vector<Effect>& effects) {
  for (const Effect& effect : effects) {
    const auto found = by_id_.find(effect.connection);
    if (found != by_id_.end()) found->second->carry_out(effect);
  }
}

void DeviceTable::close_silent(std::chrono::nanoseconds uptime) {
  std::vector<std::shared_ptr<DeviceConnection>> silent;
  for (const auto& device : all_) {
    if (device->deadline() < uptime) silent.push_back(device);
  }
  for (const auto& device : silent) device->close();
}

}  // namespace fwctl::localhub
