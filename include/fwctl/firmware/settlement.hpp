#pragma once

#include <string>
#include <vector>

#include "fwctl/firmware/census.hpp"

namespace fwctl::firmware {

/// A fleet at its end, exactly: those that run the version, counted, and every other device, each judged by its own
/// twin.
struct Settlement {
  std::int64_t applied = 0;
  std::vector<DeviceState> others;
  std::int64_t deleted = 0;  // which the index has still

  void add(DeviceState device);
  std::int64_t size() const { return applied + std::ssize(others); }
};

/// The exact numbers of a settlement; `version` is what those run that are not read.
FleetCount exact_count(const Settlement& settlement, const std::string& version, Time now);

/// Nothing more is to be expected of the device: its verdict is final, or another job has taken it over.
bool is_over(const Verdict& verdict);

/// Nothing more is to be expected of any.
bool is_over(const Settlement& settlement);

/// How many devices a condition selects. One query.
std::int64_t count_devices(iothub::HubClient& hub, const std::string& condition);

/// Counts those that run the version by a query, and reads every other one's twin. `condition` selects the devices that
/// are meant. Throws ServiceError 400 where the hub does not take such queries.
Settlement settle_by_query(iothub::HubClient& hub, const FleetQuestion& fleet, const std::string& condition);

/// For hubs that do not: whole twins, a page at a time, and a GET for each that is not there yet.
Settlement settle_one_by_one(iothub::HubClient& hub, const FleetQuestion& fleet);

}  // namespace fwctl::firmware
