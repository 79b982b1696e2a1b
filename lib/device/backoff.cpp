#include "fwctl/device/backoff.hpp"

#include <algorithm>
#include <cmath>

namespace fwctl::device {

std::chrono::milliseconds Backoff::next() {
  const double middle = static_cast<double>(base_.count()) * std::exp2(tries_);
  tries_ = std::min(tries_ + 1, 30);
  const double spread = std::min(middle * (0.5 + jitter_()), static_cast<double>(cap_.count()));
  return std::chrono::milliseconds{std::llround(spread)};
}

}  // namespace fwctl::device
