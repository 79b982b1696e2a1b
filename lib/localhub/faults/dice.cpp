#include "lib/localhub/faults/dice.hpp"

namespace fwctl::localhub {
namespace {

/// From 0 up to 1; the standard's distributions differ from library to library.
double fraction(std::uint64_t bits) { return static_cast<double>(bits >> 11U) * 0x1.0p-53; }

}  // namespace

Dice::Series& Dice::series(const std::string& name) {
  const auto found = series_.find(name);
  if (found != series_.end()) return found->second;
  std::seed_seq seed{static_cast<std::uint32_t>(core_.switches.seed),
                     static_cast<std::uint32_t>(static_cast<std::uint64_t>(core_.switches.seed) >> 32U)};
  std::mt19937_64 random(seed);
  for (const char c : name) random.seed(random() ^ static_cast<unsigned char>(c));
  return series_[name] = {random, 0};
}

bool Dice::strikes(const char* name, double share) {
  if (share <= 0) return false;
  Series& mine = series(name);
  const std::int64_t limit = core_.switches.fault_limit;
  if (limit > 0 && mine.strikes >= limit) return false;
  if (fraction(mine.random()) >= share) return false;
  ++mine.strikes;
  core_.counters.add(std::string("fault.") + name);
  return true;
}

}  // namespace fwctl::localhub
