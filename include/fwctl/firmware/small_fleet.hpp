#pragma once

#include <map>
#include <string>
#include <vector>

#include "fwctl/firmware/census.hpp"

namespace fwctl::firmware {

/// Devices so few that each is read by GET, one by one, at every look: exact, and cheaper than a query.
class SmallFleet {
 public:
  static constexpr std::int64_t most = 20;

  explicit SmallFleet(iothub::HubClient& hub) : hub_(hub) {}

  /// Who is in it; nobody: the fleet is none of the small ones.
  void consist_of(std::vector<std::string> ids);
  bool empty() const { return ids_.empty(); }
  std::int64_t size() const { return std::ssize(ids_); }

  /// Reads each; devices that are deleted, or not meant, are left out.
  FleetCount read(const FleetQuestion& fleet);
  /// As they were read last.
  const std::vector<DeviceState>& devices() const { return devices_; }
  /// Those of them that failed, stand still or are gone.
  std::vector<DeviceState> troubled() const;
  /// Those of them that failed, or failed again, since they were told last.
  std::vector<DeviceState> new_failures();

 private:
  iothub::HubClient& hub_;
  std::vector<std::string> ids_;
  std::vector<DeviceState> devices_;
  std::map<std::string, Time> told_;  // when each failed
};

}  // namespace fwctl::firmware
