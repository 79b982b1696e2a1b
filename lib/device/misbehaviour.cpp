#include "fwctl/device/misbehaviour.hpp"

#include <array>
#include <cmath>
#include <random>
#include <utility>

#include "fwctl/base/error.hpp"

namespace fwctl::device {
namespace {

using firmware::Status;

constexpr std::array phases{Status::downloading, Status::verifying, Status::applying, Status::rebooting};

std::size_t number(double share, std::size_t count) {
  return static_cast<std::size_t>(std::llround(share * static_cast<double>(count)));
}

/// Not std::shuffle: which devices misbehave must not depend on the library it was built with.
std::vector<std::size_t> shuffled(std::size_t count, std::mt19937_64& random) {
  std::vector<std::size_t> order(count);
  for (std::size_t i = 0; i < count; ++i) order[i] = i;
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[random() % i]);
  return order;
}

}  // namespace

std::vector<UpdateSettings> plan_fleet(const UpdateSettings& good, std::size_t count, const Shares& shares,
                                       std::uint64_t seed) {
  const std::array<std::pair<Misbehaviour, std::size_t>, 4> wanted{
      {{Misbehaviour::fail, number(shares.fail, count)},
       {Misbehaviour::hang, number(shares.hang, count)},
       {Misbehaviour::vanish, number(shares.vanish, count)},
       {Misbehaviour::lie, number(shares.lie, count)}}};
  std::size_t total = 0;
  for (const auto& [how, devices] : wanted) total += devices;
  if (total > count) throw UsageError("the shares of misbehaving devices add up to more than the fleet");

  std::mt19937_64 random(seed);
  const auto order = shuffled(count, random);
  std::vector<UpdateSettings> plan(count, good);
  std::size_t next = 0;
  for (const auto& [how, devices] : wanted) {
    for (std::size_t i = 0; i < devices; ++i) {
      UpdateSettings& settings = plan[order[next++]];
      settings.misbehaviour = how;
      settings.phase = phases[random() % phases.size()];
      if (how == Misbehaviour::vanish && i % 2 == 0) {
        settings.absence = 2 * (good.download + good.verify + good.apply + good.reboot);
      }
    }
  }
  return plan;
}

}  // namespace fwctl::device
