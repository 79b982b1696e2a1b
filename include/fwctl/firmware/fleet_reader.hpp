#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "fwctl/firmware/verdict.hpp"
#include "fwctl/iothub/hub_client.hpp"

namespace fwctl::firmware {

/// Which devices are meant, and what is asked about them.
struct FleetQuestion {
  std::string condition;  // what stands after WHERE, at most longest_condition long
  std::string version;    // wanted; empty: whatever each twin wants
  std::chrono::seconds device_timeout{15 * 60};
  std::optional<Time> since;  // devices whose wish is from before are not meant

  Question at(Time now) const { return {version, std::nullopt, now, device_timeout, since}; }
};

struct DeviceState {
  Evidence evidence;
  Verdict verdict;
};
/// One device, by GET; nullopt: the hub has none of that name.
std::optional<DeviceState> read_device(iothub::HubClient& hub, const std::string& id, const FleetQuestion& fleet);

/// Reads every twin that is meant, a page at a time, and hands each over judged. Compares no times in queries.
void read_fleet(iothub::HubClient& hub, const FleetQuestion& fleet,
                const std::function<void(const DeviceState&)>& on_device);

/// The hub takes queries of 8192 characters; counting a fleet adds so many to its condition that this is left. Versions
/// may be as long as longest_version.
inline constexpr std::size_t longest_condition = 8192 - 1536;
inline constexpr std::size_t longest_version = 100;

/// What the devices that the condition selects run, and how many of each; nullopt: they do not say. One query.
std::map<std::optional<std::string>, std::int64_t> count_versions(iothub::HubClient& hub, const std::string& condition);

}  // namespace fwctl::firmware
