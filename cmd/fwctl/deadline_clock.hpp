#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "cmd/fwctl/errors.hpp"
#include "fwctl/base/clock.hpp"

namespace fwctl::cli {

/// A clock on which nobody sleeps past `--timeout`: who tries to is woken there by DeadlinePassed.
class DeadlineClock final : public Clock {
 public:
  DeadlineClock(Clock& clock, std::optional<std::chrono::nanoseconds> timeout) : clock_(clock) {
    if (timeout) deadline_ = clock.uptime() + *timeout;
  }

  Time now() const override { return clock_.now(); }
  std::chrono::nanoseconds uptime() const override { return clock_.uptime(); }

  void sleep_for(std::chrono::nanoseconds duration) override {
    if (!deadline_ || clock_.uptime() + duration <= *deadline_) return clock_.sleep_for(duration);
    if (const auto left = time_left(); left->count() > 0) clock_.sleep_for(*left);
    throw DeadlinePassed("--timeout passed");
  }

  const std::optional<std::chrono::nanoseconds>& deadline() const { return deadline_; }

  /// nullopt: as long as it takes.
  std::optional<std::chrono::nanoseconds> time_left() const {
    if (!deadline_) return std::nullopt;
    return std::max(*deadline_ - clock_.uptime(), std::chrono::nanoseconds{0});
  }

 private:
  Clock& clock_;
  std::optional<std::chrono::nanoseconds> deadline_;
};

}  // namespace fwctl::cli
