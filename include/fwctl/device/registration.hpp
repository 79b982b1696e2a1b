#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fwctl/iothub/connection_string.hpp"
#include "fwctl/iothub/hub_client.hpp"

namespace fwctl::device {

/// `chiller-0001`: as many digits as the last of `count` needs, three at least.
std::vector<std::string> device_ids(const std::string& prefix, std::size_t count);

/// Creates the devices with fresh keys and `tags` (a JSON object, or empty), a hundred a call. One that exists already
/// keeps its key, which is read, and gets the tags if it has others. `host_name` goes into the connections.
///
/// Errors  those of HubClient; Error when the hub refuses a device, or has one without a key
std::vector<iothub::DeviceConnection> register_devices(iothub::HubClient& hub, const std::string& host_name,
                                                       const std::vector<std::string>& ids, const std::string& tags,
                                                       const std::function<void(std::size_t done)>& progress);

}  // namespace fwctl::device
