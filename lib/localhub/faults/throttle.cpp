#include "lib/localhub/faults/throttle.hpp"

#include <algorithm>

namespace fwctl::localhub {
namespace {

constexpr double longest_wait_s = 2;
/// The share of the burst in which operations are delayed, the more the less is left.
constexpr double shaped_share = 0.2;

/// Limits act over minutes: what is counted by the minute may come all at once, what is counted by the second ten
/// seconds' worth of it.
double burst_of(double rate) { return std::max(1.0, rate * (rate < 10 ? 60 : 10)); }

double seconds(Ticks ticks) { return std::chrono::duration<double>(ticks).count(); }

}  // namespace

void Throttle::refill(Bucket& bucket, double rate, Time now) const {
  if (bucket.rate != rate) {
    bucket = {burst_of(rate), now, rate};
  }
  bucket.tokens = std::min(burst_of(rate), bucket.tokens + rate * std::max(0.0, seconds(now - bucket.filled)));
  bucket.filled = now;
}

std::optional<Ticks> Throttle::admit(Operation operation, std::int64_t count) {
  const Tier* tier = find_tier(core_.switches.tier);
  if (tier == nullptr || operation == Operation::none) return Ticks{0};
  const double rate = rate_of(*tier, operation, core_.switches.units);
  Bucket& bucket = buckets_.at(static_cast<std::size_t>(operation));
  refill(bucket, rate, core_.clock.now());
  if (bucket.tokens < 1) {
    core_.counters.add(std::string("throttled.") + name_of(operation));
    return std::nullopt;
  }
  bucket.tokens -= static_cast<double>(count);
  const double left = bucket.tokens / (burst_of(rate) * shaped_share);
  const double wait_s = longest_wait_s * std::clamp(1 - left, 0.0, 1.0);
  return std::chrono::duration_cast<Ticks>(std::chrono::duration<double>(wait_s));
}

}  // namespace fwctl::localhub
