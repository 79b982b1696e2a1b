#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace fwctl::localhub {

/// What happened since the start, by name: telemetry, faults, refusals.
class Counters {
 public:
  void add(const std::string& name) { ++counts_[name]; }
  const std::map<std::string, std::uint64_t>& all() const { return counts_; }

 private:
  std::map<std::string, std::uint64_t> counts_;
};

}  // namespace fwctl::localhub
