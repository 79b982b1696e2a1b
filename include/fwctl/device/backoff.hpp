#pragma once

#include <chrono>
#include <functional>

namespace fwctl::device {

/// Returns numbers in [0, 1).
using Jitter = std::function<double()>;

/// Waits that double from `base` to `cap`, each spread over the half below and the half above it, so that a fleet that
/// lost its hub does not come back all at once. Never less than half of `base`, never more than `cap`.
class Backoff {
 public:
  Backoff(std::chrono::milliseconds base, std::chrono::milliseconds cap, Jitter jitter)
      : base_(base), cap_(cap), jitter_(std::move(jitter)) {}

  std::chrono::milliseconds next();
  void reset() { tries_ = 0; }

 private:
  std::chrono::milliseconds base_;
  std::chrono::milliseconds cap_;
  Jitter jitter_;
  int tries_ = 0;
};

}  // namespace fwctl::device
