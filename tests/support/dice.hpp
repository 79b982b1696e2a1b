#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace fwctl::test {

/// Random choices that are the same on every machine: the standard fixes the engine, not the distributions.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t bits() { return engine_(); }
  /// 0 … count - 1; `count` is small, so that the remainder favours nobody noticeably.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }

  template <typename Value>
  const Value& pick(const std::vector<Value>& values) {
    return values[below(values.size())];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace fwctl::test
