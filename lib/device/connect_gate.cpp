#include "fwctl/device/connect_gate.hpp"

#include <utility>

namespace fwctl::device {

void ConnectGate::enter(std::function<void()> go) {
  if (places_ == 0) {
    waiting_.push_back(std::move(go));
    return;
  }
  --places_;
  go();
}

void ConnectGate::leave() {
  if (waiting_.empty()) {
    ++places_;
    return;
  }
  const auto go = std::move(waiting_.front());
  waiting_.pop_front();
  go();
}

}  // namespace fwctl::device
