#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fwctl/device/update_machine.hpp"

namespace fwctl::device {

/// How much of a fleet misbehaves, each from 0 to 1.
struct Shares {
  double fail = 0;
  double hang = 0;
  double vanish = 0;
  double lie = 0;
};

/// Settings for `count` devices: `good`, but for exactly the rounded share of each misbehaviour. Which devices it hits
/// and in which phase follows from `seed` alone. Of the vanishing ones every second comes back, after the time of two
/// whole updates; the others never do. Throws UsageError when the shares add up to more than the fleet.
std::vector<UpdateSettings> plan_fleet(const UpdateSettings& good, std::size_t count, const Shares& shares,
                                       std::uint64_t seed);

}  // namespace fwctl::device
