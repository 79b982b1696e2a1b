#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "fwctl/base/clock.hpp"

namespace fwctl::device {

/// What is to be done later, on one thread. Time is asked of the clock, so a test moves it by hand.
class Timers {
 public:
  using Task = std::function<void()>;
  using Key = std::pair<std::chrono::nanoseconds, std::uint64_t>;

  explicit Timers(const Clock& clock) : clock_(clock) {}

  Key add(std::chrono::nanoseconds delay, Task task);
  void remove(const Key& key) { tasks_.erase(key); }

  /// How long until run_due() has work, 0 when it has some already; nullopt: nothing is planned.
  std::optional<std::chrono::nanoseconds> next() const;
  /// Runs what is due now. What the tasks themselves add waits for the next call.
  void run_due();

 private:
  const Clock& clock_;
  std::map<Key, Task> tasks_;
  std::uint64_t added_ = 0;
};

/// One task at a time, forgotten with its owner.
class Timer {
 public:
  explicit Timer(Timers& timers) : timers_(timers) {}
  ~Timer() { cancel(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Replaces what was planned before.
  void start(std::chrono::nanoseconds delay, Timers::Task task);
  void cancel();

 private:
  Timers& timers_;
  std::optional<Timers::Key> key_;
};

}  // namespace fwctl::device
