#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>

namespace fwctl {

/// Hub times are .NET ticks of 100 ns. A nanosecond time point cannot hold `0001-01-01T00:00:00Z`,
/// the hub's "never"; this one can.
using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;
using Time = std::chrono::time_point<std::chrono::system_clock, Ticks>;

/// The only source of time. Nothing but a main reads the real clock, so a test can live a week in a second.
class Clock {
 public:
  virtual ~Clock() = default;

  /// Wall time, UTC: what tokens, jobs and twins carry. It may jump.
  virtual Time now() const = 0;

  /// Time since an arbitrary start, never going back: what deadlines and polling are measured with.
  virtual std::chrono::nanoseconds uptime() const = 0;

  /// Waits. Throws Interrupted when the user asked us to stop meanwhile.
  virtual void sleep_for(std::chrono::nanoseconds duration) = 0;
};

/// The machine's clock. Stopping `stop` ends a sleep at once.
class SystemClock final : public Clock {
 public:
  explicit SystemClock(std::stop_token stop = {}) : stop_(std::move(stop)) {}

  Time now() const override;
  std::chrono::nanoseconds uptime() const override;
  void sleep_for(std::chrono::nanoseconds duration) override;

 private:
  std::stop_token stop_;
};

}  // namespace fwctl
