#pragma once

#include <cstddef>
#include <deque>
#include <functional>

namespace fwctl::device {

/// Lets a limited number of handshakes run at once, the others wait in line: thousands of devices that connect together
/// would else all be half-way when the first hub-side time-out strikes.
class ConnectGate {
 public:
  explicit ConnectGate(std::size_t places) : places_(places) {}

  /// Calls `go` at once or later; each call must be answered by one leave().
  void enter(std::function<void()> go);
  void leave();

 private:
  std::size_t places_;
  std::deque<std::function<void()>> waiting_;
};

}  // namespace fwctl::device
