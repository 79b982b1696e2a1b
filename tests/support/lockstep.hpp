#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/support/fake_clock.hpp"

namespace fwctl::test {

/// Several programs on one fake clock: one runs at a time, and when it sleeps, the one that wakes first goes on. Real
/// threads, no real time.
class Lockstep {
 public:
  explicit Lockstep(FakeClock& clock) : clock_(clock) {}

  /// Runs all of them to their ends; each is given its own clock.
  void run(const std::vector<std::function<void(Clock&)>>& programs) {
    for (std::size_t i = 0; i < programs.size(); ++i) wake_at_[i] = clock_.uptime();
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < programs.size(); ++i) {
      threads.emplace_back([this, i, &program = programs[i]] {
        Turn turn(*this, i);
        turn.sleep_for({});
        program(turn);
        end(i);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

 private:
  class Turn final : public Clock {
   public:
    Turn(Lockstep& all, std::size_t number) : all_(all), number_(number) {}
    Time now() const override { return all_.clock_.now(); }
    std::chrono::nanoseconds uptime() const override { return all_.clock_.uptime(); }
    void sleep_for(std::chrono::nanoseconds duration) override { all_.sleep(number_, duration); }

   private:
    Lockstep& all_;
    std::size_t number_;
  };

  void sleep(std::size_t number, std::chrono::nanoseconds duration) {
    std::unique_lock lock(mutex_);
    wake_at_[number] = clock_.uptime() + duration;
    changed_.notify_all();
    changed_.wait(lock, [&] { return first() == number; });
    const auto left = wake_at_[number] - clock_.uptime();
    if (left.count() > 0) clock_.sleep_for(left);
  }

  void end(std::size_t number) {
    const std::lock_guard lock(mutex_);
    wake_at_.erase(number);
    changed_.notify_all();
  }

  /// Who wakes first; the lower number of two that wake together.
  std::size_t first() const {
    auto best = wake_at_.begin();
    for (auto each = wake_at_.begin(); each != wake_at_.end(); ++each) {
      if (each->second < best->second) best = each;
    }
    return best->first;
  }

  FakeClock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::size_t, std::chrono::nanoseconds> wake_at_;
};

}  // namespace fwctl::test
