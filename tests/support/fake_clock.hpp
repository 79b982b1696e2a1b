#pragma once

#include <functional>
#include <vector>

#include "fwctl/base/clock.hpp"
#include "fwctl/base/iso8601.hpp"

namespace fwctl::test {

/// Time moves only when somebody sleeps or the test says so, so an hour of back-off passes at once.
class FakeClock final : public Clock {
 public:
  /// 2026-01-01T00:00:00Z
  FakeClock() : now_(*parse_iso8601("2026-01-01T00:00:00Z")) {}

  Time now() const override { return now_; }
  std::chrono::nanoseconds uptime() const override { return uptime_; }

  void sleep_for(std::chrono::nanoseconds duration) override {
    slept.push_back(duration);
    advance(duration);
    if (on_sleep) on_sleep();
  }

  void advance(std::chrono::nanoseconds duration) {
    uptime_ += duration;
    now_ += std::chrono::duration_cast<Ticks>(duration);
  }

  /// Wall time alone, as when someone sets the machine's clock.
  void set(Time now) { now_ = now; }

  std::vector<std::chrono::nanoseconds> slept;  // what was asked for, in order
  std::function<void()> on_sleep;               // the world goes on here: due jobs run, a signal comes

 private:
  Time now_;
  std::chrono::nanoseconds uptime_{};
};

}  // namespace fwctl::test
