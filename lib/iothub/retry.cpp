#include <fmt/core.h>

#include <algorithm>

#include "fwctl/iothub/error.hpp"
#include "fwctl/iothub/transport.hpp"
#include "lib/iothub/service_error.hpp"

namespace fwctl::iothub {
namespace {

using std::chrono::milliseconds;

constexpr int throttled = 429;

bool is_transient(int status) {
  return status == 408 || status == throttled || status == 500 || status == 502 || status == 503 || status == 504;
}

/// What one try came to: an answer, or that none came.
struct Outcome {
  std::optional<HttpResponse> response;
  std::optional<TransportError> error;

  bool failed() const { return error || is_transient(response->status); }
  bool hub_did_not_act() const { return error ? !error->maybe_acted() : response->status == throttled; }
  std::string reason() const {
    if (error) return error->what();
    return response->status == throttled ? "throttled (HTTP 429)" : fmt::format("HTTP {}", response->status);
  }
};

class RetryTransport final : public Transport {
 public:
  RetryTransport(std::unique_ptr<Transport> next, Clock& clock, RetryPolicy policy, OnRetry on_retry,
                 std::function<double()> jitter)
      : next_(std::move(next)),
        clock_(clock),
        policy_(policy),
        on_retry_(std::move(on_retry)),
        jitter_(std::move(jitter)) {}

  HttpResponse send(const Call& call) override {
    const std::chrono::nanoseconds budget_ends = clock_.uptime() + policy_.total;
    const auto give_up = std::min(budget_ends, policy_.deadline.value_or(budget_ends));
    for (int tries = 1;; ++tries) {
      Outcome outcome = attempt(call);
      if (!outcome.failed()) return std::move(*outcome.response);
      const milliseconds wait = wait_before_next(outcome, tries, give_up - clock_.uptime());
      if (!may_repeat(call.retry, outcome) || clock_.uptime() + wait >= give_up)
        return settle(std::move(outcome), tries);
      if (on_retry_) on_retry_(outcome.reason(), wait);
      clock_.sleep_for(wait);
      if (clock_.uptime() >= give_up) return settle(std::move(outcome), tries);  // woken late
    }
  }

 private:
  Outcome attempt(const Call& call) {
    try {
      return {next_->send(call), std::nullopt};
    } catch (const UntrustedError&) {
      throw;
    } catch (const TransportError& error) {
      return {std::nullopt, error};
    }
  }

  static bool may_repeat(Retry retry, const Outcome& outcome) {
    if (outcome.response && outcome.response->status == throttled &&
        service_error(*outcome.response, {}).no_job_slot()) {
      return false;
    }
    return retry == Retry::always || (retry == Retry::if_refused && outcome.hub_did_not_act());
  }

  milliseconds wait_before_next(const Outcome& outcome, int tries, std::chrono::nanoseconds left) const {
    if (outcome.response) {
      const auto asked = retry_after(*outcome.response, clock_.now());
      if (asked && asked->count() > 0) return *asked;  // 0, or a date that has passed, is no time to wait
    }
    const bool slow = outcome.response && outcome.response->status == throttled;
    const milliseconds base = slow ? policy_.throttled : policy_.base;
    const milliseconds doubled = std::min(base * (std::int64_t{1} << std::min(tries - 1, 20)), policy_.cap);
    const auto chosen = std::chrono::duration_cast<milliseconds>(doubled * (0.75 + jitter_() / 2));
    // Towards the end it tries at half of what is left: an outage may end before the time does.
    const auto half = std::chrono::duration_cast<milliseconds>(left / 2);
    return slow || half < base ? chosen : std::min(chosen, half);
  }

  static HttpResponse settle(Outcome outcome, int tries) {
    if (outcome.response) return std::move(*outcome.response);
    if (tries == 1) throw std::move(*outcome.error);
    throw TransportError(fmt::format("{} (tried {} times)", outcome.error->what(), tries), outcome.error->maybe_acted(),
                         outcome.error->hint());
  }

  std::unique_ptr<Transport> next_;
  Clock& clock_;
  RetryPolicy policy_;
  OnRetry on_retry_;
  std::function<double()> jitter_;
};

}  // namespace

std::unique_ptr<Transport> with_retry(std::unique_ptr<Transport> next, Clock& clock, RetryPolicy policy,
                                      OnRetry on_retry, std::function<double()> jitter) {
  return std::make_unique<RetryTransport>(std::move(next), clock, policy, std::move(on_retry), std::move(jitter));
}

}  // namespace fwctl::iothub
