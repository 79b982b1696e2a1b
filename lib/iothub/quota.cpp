#include "fwctl/iothub/quota.hpp"

#include <algorithm>
#include <utility>

#include "lib/iothub/service_error.hpp"
#include "lib/iothub/wire_names.hpp"

namespace fwctl::iothub {
namespace {

/// The larger of a rate for the hub and one for each unit, a minute.
struct Limit {
  double hub;
  double unit;
};

constexpr std::size_t sizes = 3;  // F1 and S1, S2, S3
constexpr std::array<std::array<Limit, sizes>, operation_count> limits{{
    {{{0, 20}, {0, 20}, {0, 1000}}},          // queries
    {{{6000, 0}, {6000, 600}, {0, 30'000}}},  // twin reads
    {{{3000, 0}, {3000, 300}, {0, 15'000}}},  // twin updates
    {{{0, 100}, {0, 100}, {0, 5000}}},        // jobs
    {{{0, 100}, {0, 100}, {0, 5000}}},        // registry
}};
constexpr std::array<std::string_view, operation_count> words{"queries", "twinReads", "twinUpdates", "jobs",
                                                              "registry"};

std::size_t column_of(std::string_view tier) { return tier == "S3" ? 2 : tier == "S2" ? 1 : 0; }

double per_second(double per_minute) { return per_minute / 60; }

}  // namespace

std::string_view to_text(Operation operation) { return words.at(static_cast<std::size_t>(operation)); }

const std::vector<std::string_view>& tiers() {
  static const std::vector<std::string_view> words{"F1", "S1", "S2", "S3"};
  return words;
}

double per_minute(const HubSize& size, Operation operation) {
  const Limit& limit = limits.at(static_cast<std::size_t>(operation)).at(column_of(size.tier));
  return std::max(limit.hub, limit.unit * size.units);
}

Operation operation_of(const HttpRequest& request) {
  const std::string_view target = request.target;
  if (target.starts_with(wire::device_query)) return Operation::queries;
  if (target.starts_with(wire::jobs)) return Operation::jobs;
  if (!target.starts_with(wire::twins)) return Operation::registry;
  return request.method == "GET" ? Operation::twin_reads : Operation::twin_updates;
}

Budget::Budget(const Clock& clock, HubSize size, std::optional<double> share)
    : clock_(clock), size_(std::move(size)), share_(share) {
  for (std::size_t i = 0; i < operation_count; ++i) {
    buckets_[i].tokens = capacity(static_cast<Operation>(i));
    buckets_[i].filled = clock.uptime();
  }
}

/// Half a minute's worth of what is counted by the minute: two such budgets and a whole minute's burst of the hub
/// agree. Of what the hub counts by the second, five seconds' worth.
double Budget::capacity(Operation operation) const {
  const double rate = this->rate(operation).value_or(0);
  return std::max(1.0, per_second(rate) < 10 ? rate / 2 : per_second(rate) * 5);
}

std::optional<double> Budget::rate(Operation operation) const {
  if (!share_) return std::nullopt;
  return per_minute(size_, operation) * *share_ * (1 - given_up(operation));
}

double Budget::given_up(Operation operation) const {
  constexpr std::chrono::duration<double> recovery{std::chrono::minutes{20}};
  const Bucket& bucket = buckets_.at(static_cast<std::size_t>(operation));
  const std::chrono::duration<double> since = clock_.uptime() - bucket.refused;
  return std::max(0.0, bucket.given_up - since / recovery);
}

void Budget::refused(Operation operation) {
  constexpr double most = 7.0 / 8;
  Bucket& bucket = buckets_.at(static_cast<std::size_t>(operation));
  bucket.given_up = std::min(most, (1 + given_up(operation)) / 2);
  bucket.refused = bucket.filled = clock_.uptime();
  bucket.tokens = 1;  // to try again: whoever was refused waits of his own accord
}

double Budget::tokens_now(Operation operation) const {
  const Bucket& bucket = buckets_.at(static_cast<std::size_t>(operation));
  const std::chrono::duration<double> since = clock_.uptime() - bucket.filled;
  return std::min(capacity(operation), bucket.tokens + per_second(*rate(operation)) * since.count());
}

std::chrono::nanoseconds Budget::wait_for(Operation operation) const {
  constexpr double rounding = 1e-6;
  if (!share_ || !paced_) return {};
  const double missing = 1 - tokens_now(operation);
  if (missing <= rounding) return {};
  return std::chrono::ceil<std::chrono::milliseconds>(
      std::chrono::duration<double>(missing / per_second(*rate(operation))));
}

void Budget::spend(Operation operation) {
  Bucket& bucket = buckets_.at(static_cast<std::size_t>(operation));
  if (share_) bucket.tokens = std::max(0.0, tokens_now(operation) - 1);
  bucket.filled = clock_.uptime();
  ++bucket.spent;
}

std::int64_t Budget::spent(Operation operation) const { return buckets_.at(static_cast<std::size_t>(operation)).spent; }

namespace {

/// That all slots for jobs are taken is 429, too, and says nothing of the rate.
bool lacks_room(const HttpResponse& response) {
  constexpr int throttled = 429;
  return response.status == throttled && !service_error(response, {}).no_job_slot();
}

class BudgetTransport final : public Transport {
 public:
  BudgetTransport(std::unique_ptr<Transport> next, Clock& clock, Budget& budget)
      : next_(std::move(next)), clock_(clock), budget_(budget) {}

  HttpResponse send(const Call& call) override {
    const Operation operation = operation_of(call.request);
    const auto wait = budget_.wait_for(operation);
    if (wait.count() > 0) clock_.sleep_for(wait);
    budget_.spend(operation);
    HttpResponse response = next_->send(call);
    if (lacks_room(response)) budget_.refused(operation);
    return response;
  }

 private:
  std::unique_ptr<Transport> next_;
  Clock& clock_;
  Budget& budget_;
};

}  // namespace

std::unique_ptr<Transport> with_budget(std::unique_ptr<Transport> next, Clock& clock, Budget& budget) {
  return std::make_unique<BudgetTransport>(std::move(next), clock, budget);
}

}  // namespace fwctl::iothub
