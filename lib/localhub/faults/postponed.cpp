#include "lib/localhub/faults/postponed.hpp"

namespace fwctl::localhub {

void Postponed::add(Effect effect, std::chrono::milliseconds delay) {
  waiting_.emplace(core_.clock.now() + delay, std::move(effect));
}

std::optional<Time> Postponed::next_due() const {
  if (waiting_.empty()) return std::nullopt;
  return waiting_.begin()->first;
}

void Postponed::run_due() {
  while (!waiting_.empty() && waiting_.begin()->first <= core_.clock.now()) {
    core_.effects.push_back(std::move(waiting_.begin()->second));
    waiting_.erase(waiting_.begin());
  }
}

}  // namespace fwctl::localhub
