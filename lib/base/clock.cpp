#include "fwctl/base/clock.hpp"

#include <condition_variable>
#include <mutex>

#include "fwctl/base/error.hpp"

namespace fwctl {

Time SystemClock::now() const { return std::chrono::time_point_cast<Ticks>(std::chrono::system_clock::now()); }

std::chrono::nanoseconds SystemClock::uptime() const { return std::chrono::steady_clock::now().time_since_epoch(); }

void SystemClock::sleep_for(std::chrono::nanoseconds duration) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop_, duration, [] { return false; });
  if (stop_.stop_requested()) throw Interrupted();
}

}  // namespace fwctl
