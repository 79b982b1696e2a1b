#pragma once

#include <cstdint>
#include <string_view>

namespace fwctl::localhub {

/// What a request or message counts as, for the throttles.
enum class Operation {
  registry,
  queries,
  twin_reads,
  twin_updates,
  jobs,
  configurations,
  methods,
  connections,
  telemetry,
  none
};
inline constexpr std::size_t operation_count = 9;

/// How the real hub's 429 names it.
const char* name_of(Operation operation);

/// What the real hub of one size allows; rates are operations each second for the whole hub.
struct Tier {
  std::string_view name;
  int job_slots;            // jobs that run or wait to start
  double job_devices;       // devices that jobs handle
  double job_devices_unit;  // and each unit, where that is more
};
const Tier* find_tier(std::string_view name);

/// nullptr: no tier.
std::int64_t most_configurations(const Tier* tier);

/// Operations each second that the tier allows with so many units.
double rate_of(const Tier& tier, Operation operation, std::int64_t units);

}  // namespace fwctl::localhub
