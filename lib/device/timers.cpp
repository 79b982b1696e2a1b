#include "fwctl/device/timers.hpp"

#include <algorithm>

namespace fwctl::device {

using std::chrono::nanoseconds;

Timers::Key Timers::add(nanoseconds delay, Task task) {
  const Key key{clock_.uptime() + std::max(delay, nanoseconds{0}), ++added_};
  tasks_.emplace(key, std::move(task));
  return key;
}

std::optional<nanoseconds> Timers::next() const {
  if (tasks_.empty()) return std::nullopt;
  return std::max(tasks_.begin()->first.first - clock_.uptime(), nanoseconds{0});
}

void Timers::run_due() {
  const nanoseconds now = clock_.uptime();
  const std::uint64_t last = added_;
  for (auto entry = tasks_.begin(); entry != tasks_.end() && entry->first.first <= now;) {
    if (entry->first.second > last) {
      ++entry;
      continue;
    }
    const Task task = std::move(entry->second);
    tasks_.erase(entry);
    task();
    entry = tasks_.begin();  // the task may have removed any other
  }
}

void Timer::start(nanoseconds delay, Timers::Task task) {
  cancel();
  key_ = timers_.add(delay, [this, task = std::move(task)] {
    key_.reset();
    task();
  });
}

void Timer::cancel() {
  if (key_) timers_.remove(*key_);
  key_.reset();
}

}  // namespace fwctl::device
