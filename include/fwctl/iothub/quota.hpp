#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fwctl/iothub/transport.hpp"

namespace fwctl::iothub {

/// What a request counts as for the hub's throttles. Each has a limit of its own, which all users of a hub share.
enum class Operation { queries, twin_reads, twin_updates, jobs, registry };
inline constexpr std::size_t operation_count = 5;

/// `queries`, `twinReads`, …: as documents and help show it.
std::string_view to_text(Operation operation);

/// What a request counts as, by its method and path.
Operation operation_of(const HttpRequest& request);

/// The hub's size, which decides its limits.
struct HubSize {
  std::string tier = "S1";  // one of tiers()
  int units = 1;
};
const std::vector<std::string_view>& tiers();

/// Operations a minute that a hub of that size allows to everybody together.
/// Source: reference, section 8.1.
double per_minute(const HubSize& size, Operation operation);

/// The part of a hub's limits that this process may use: a bucket an operation, filled at that rate. What is sent is
/// counted in any case, and held back from pace() on, which a command calls that asks again and again. Where the hub
/// refuses for want of room, others ask more than was thought: the rate halves, to an eighth of the share at least, and
/// comes back in twenty minutes.
class Budget {
 public:
  /// `share` above 0, at most 1. nullopt: no limit of ours.
  Budget(const Clock& clock, HubSize size, std::optional<double> share);

  void pace() { paced_ = true; }

  /// How long to wait until there is room for one more; 0: now.
  std::chrono::nanoseconds wait_for(Operation operation) const;
  bool has(Operation operation) const { return wait_for(operation).count() == 0; }

  /// One was sent.
  void spend(Operation operation);
  /// One was refused for want of room.
  void refused(Operation operation);
  std::int64_t spent(Operation operation) const;

  /// What may be spent a minute, as things are; nullopt: no limit of ours.
  std::optional<double> rate(Operation operation) const;
  const HubSize& size() const { return size_; }
  std::optional<double> share() const { return share_; }

 private:
  struct Bucket {
    double tokens = 0;
    std::chrono::nanoseconds filled{};
    std::int64_t spent = 0;
    double given_up = 0;  // of the rate, when the hub refused last
    std::chrono::nanoseconds refused{};
  };
  double given_up(Operation operation) const;
  double tokens_now(Operation operation) const;
  double capacity(Operation operation) const;

  const Clock& clock_;
  HubSize size_;
  std::optional<double> share_;
  bool paced_ = false;
  std::array<Bucket, operation_count> buckets_{};
};

/// Waits before each try until the budget has room for it, and counts it. Sits inside the repeats: a try that the hub
/// refuses counts, too.
std::unique_ptr<Transport> with_budget(std::unique_ptr<Transport> next, Clock& clock, Budget& budget);

}  // namespace fwctl::iothub
