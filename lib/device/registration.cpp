#include "fwctl/device/registration.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "fwctl/base/base64.hpp"
#include "fwctl/base/error.hpp"
#include "fwctl/base/random.hpp"

namespace fwctl::device {
namespace {

using nlohmann::json;

constexpr std::size_t most_in_a_call = 100;
constexpr std::size_t key_bytes = 32;

iothub::SharedAccessKey fresh_key() { return iothub::SharedAccessKey(base64_encode(random_bytes(key_bytes))); }

iothub::SharedAccessKey key_of(iothub::HubClient& hub, const std::string& id) {
  const auto device = hub.get_device(id);
  if (!device) throw Error("device " + id + " disappeared while the fleet was registered");
  if (!device->primary_key) throw Error("device " + id + " exists already and has no shared access key");
  return *device->primary_key;
}

void set_tags(iothub::HubClient& hub, const std::string& id, const json& tags) {
  const auto twin = hub.get_twin(id);
  if (!twin) throw Error("device " + id + " has no twin");
  const json has = json::parse(twin->document).value("tags", json::object());
  json wanted = has;
  wanted.merge_patch(tags);
  if (wanted != has) hub.update_twin(id, json{{"tags", tags}}.dump());
}

/// Creates some devices; `keys` is put right for those that were there before.
void create(iothub::HubClient& hub, const std::vector<iothub::NewDevice>& devices,
            std::map<std::string, iothub::SharedAccessKey>& keys) {
  for (const auto& failure : hub.create_devices(devices)) {
    if (failure.code != "DeviceAlreadyExists" && failure.code != "409001") {
      throw Error(fmt::format("cannot register device {}: {}: {}", failure.device_id, failure.code, failure.text));
    }
    keys[failure.device_id] = key_of(hub, failure.device_id);
    if (!devices.front().tags.empty()) set_tags(hub, failure.device_id, json::parse(devices.front().tags));
  }
}

}  // namespace

std::vector<std::string> device_ids(const std::string& prefix, std::size_t count) {
  const std::size_t width = std::max<std::size_t>(3, std::to_string(count).size());
  std::vector<std::string> ids;
  for (std::size_t i = 1; i <= count; ++i) ids.push_back(fmt::format("{}{:0{}}", prefix, i, width));
  return ids;
}

std::vector<iothub::DeviceConnection> register_devices(iothub::HubClient& hub, const std::string& host_name,
                                                       const std::vector<std::string>& ids, const std::string& tags,
                                                       const std::function<void(std::size_t done)>& progress) {
  std::vector<iothub::DeviceConnection> connections;
  for (std::size_t first = 0; first < ids.size(); first += most_in_a_call) {
    const std::size_t last = std::min(first + most_in_a_call, ids.size());
    std::vector<iothub::NewDevice> devices;
    std::map<std::string, iothub::SharedAccessKey> keys;
    for (std::size_t i = first; i < last; ++i) {
      keys[ids[i]] = fresh_key();
      devices.push_back(
          {.id = ids[i], .primary_key = keys[ids[i]], .secondary_key = fresh_key(), .enabled = true, .tags = tags});
    }
    create(hub, devices, keys);
    for (std::size_t i = first; i < last; ++i) connections.push_back({host_name, ids[i], keys[ids[i]], {}});
    progress(last);
  }
  return connections;
}

}  // namespace fwctl::device
