#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "cmd/fwctl/errors.hpp"
#include "fwctl/base/clock.hpp"

namespace fwctl::cli {

/// A clock on which nobody sleeps past `--timeout`: who tries to is woken there by DeadlinePassed. Whoever sleeps,
/// once for long or again and again, lets others act meanwhile.
class DeadlineClock final : public Clock {
 public:
  DeadlineClock(Clock& clock, std::optional<std::chrono::nanoseconds> timeout) : clock_(clock) {
    if (timeout) deadline_ = clock.uptime() + *timeout;
  }

  Time now() const override { return clock_.now(); }
  std::chrono::nanoseconds uptime() const override { return clock_.uptime(); }

  void sleep_for(std::chrono::nanoseconds duration) override {
    if (!deadline_ || clock_.uptime() + duration <= *deadline_) return sleep(duration);
    if (const auto left = time_left(); left->count() > 0) sleep(*left);
    throw DeadlinePassed();
  }

  /// What is done about so often while somebody sleeps; empty: nothing.
  void set_meanwhile(std::function<void()> meanwhile, std::chrono::nanoseconds every) {
    meanwhile_ = std::move(meanwhile);
    every_ = every;
    acted_ = clock_.uptime();
  }

  const std::optional<std::chrono::nanoseconds>& deadline() const { return deadline_; }

  /// nullopt: as long as it takes.
  std::optional<std::chrono::nanoseconds> time_left() const {
    if (!deadline_) return std::nullopt;
    return std::max(*deadline_ - clock_.uptime(), std::chrono::nanoseconds{0});
  }

 private:
  void sleep(std::chrono::nanoseconds duration) {
    if (meanwhile_ && clock_.uptime() > acted_ + every_) act();
    for (; meanwhile_ && duration > every_; duration -= every_) {
      clock_.sleep_for(every_);
      act();
    }
    clock_.sleep_for(duration);
  }

  void act() {
    meanwhile_();
    acted_ = clock_.uptime();
  }

  Clock& clock_;
  std::optional<std::chrono::nanoseconds> deadline_;
  std::function<void()> meanwhile_;
  std::chrono::nanoseconds every_{};
  std::chrono::nanoseconds acted_{};
};

}  // namespace fwctl::cli
