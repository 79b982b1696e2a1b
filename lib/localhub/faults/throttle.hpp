#pragma once

#include <array>
#include <optional>

#include "lib/localhub/core.hpp"
#include "lib/localhub/faults/tiers.hpp"

namespace fwctl::localhub {

/// The real hub's throttles, when the switches name a tier: a burst passes, its last fifth with growing delays, and
/// what comes then is refused until the time has brought room for it.
class Throttle {
 public:
  explicit Throttle(Core& core) : core_(core) {}

  /// How long the operation is to be delayed, mostly not at all; nullopt: refuse it with 429. Where one request counts
  /// as many it passes as long as there is room for one, and those behind it wait for the rest. Refusals are counted.
  std::optional<Ticks> admit(Operation operation, std::int64_t count = 1);

 private:
  struct Bucket {
    double tokens = 0;  // operations that there is room for now
    Time filled;
    double rate = 0;  // what it was filled for; another one starts it anew
  };
  void refill(Bucket& bucket, double rate, Time now) const;

  Core& core_;
  std::array<Bucket, operation_count> buckets_{};
};

}  // namespace fwctl::localhub
