#pragma once

#include <map>
#include <optional>

#include "lib/localhub/core.hpp"

namespace fwctl::localhub {

/// Effects that a fault makes late.
class Postponed {
 public:
  explicit Postponed(Core& core) : core_(core) {}

  void add(Effect effect, std::chrono::milliseconds delay);

  std::optional<Time> next_due() const;
  void run_due();

 private:
  Core& core_;
  std::multimap<Time, Effect> waiting_;  // soonest first
};

}  // namespace fwctl::localhub
