#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>

#include "lib/localhub/core.hpp"

namespace fwctl::localhub {

/// Decides when a fault happens. Each has a series of its own from the seed, so that switching one on does not move the
/// others, and each is counted as `fault.<name>`.
class Dice {
 public:
  explicit Dice(Core& core) : core_(core) {}

  /// `name` is the switch's in JSON. False without a throw of the dice when its share is 0 or its limit is reached.
  bool strikes(const char* name, double share);

  /// All series begin again, and so do the limits.
  void reset() { series_.clear(); }

 private:
  struct Series {
    std::mt19937_64 random;
    std::int64_t strikes = 0;
  };
  Series& series(const std::string& name);

  Core& core_;
  std::map<std::string, Series> series_;
};

}  // namespace fwctl::localhub
