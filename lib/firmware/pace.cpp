#include "fwctl/firmware/pace.hpp"

namespace fwctl::firmware {
namespace {

constexpr std::chrono::minutes window{5};

}  // namespace

void Pace::add(Time at, std::int64_t decided) {
  if (!seen_.empty() && at <= seen_.back().at) return;
  seen_.push_back({at, decided});
  while (seen_.front().at < at - window) seen_.pop_front();
}

std::optional<double> Pace::per_minute() const {
  if (seen_.size() < 2) return std::nullopt;
  const std::chrono::duration<double, std::ratio<60>> passed = seen_.back().at - seen_.front().at;
  const std::int64_t came = seen_.back().decided - seen_.front().decided;
  return came > 0 ? std::optional(static_cast<double>(came) / passed.count()) : std::nullopt;
}

std::optional<Time> Pace::end_of(std::int64_t left) const {
  const auto rate = per_minute();
  if (!rate) return std::nullopt;
  const std::chrono::duration<double, std::ratio<60>> more(static_cast<double>(left) / *rate);
  constexpr std::chrono::hours horizon{24 * 365};
  return more > horizon ? std::nullopt : std::optional(seen_.back().at + std::chrono::duration_cast<Ticks>(more));
}

}  // namespace fwctl::firmware
