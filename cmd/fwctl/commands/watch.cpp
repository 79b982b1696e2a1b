#include "cmd/fwctl/commands/watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>

#include "cmd/fwctl/errors.hpp"
#include "fwctl/base/duration.hpp"
#include "fwctl/iothub/error.hpp"

namespace fwctl::cli {
namespace {

using std::chrono::nanoseconds;

/// Something in between may answer for the hub once in a while; a hub that does it all the time is none.
constexpr int most_unreadable = 3;

bool is_transient(const iothub::ServiceError& error) {
  return error.status() == 408 || error.status() == 429 || error.status() >= 500;
}

class Watch {
 public:
  Watch(Context& ctx, const WatchPlan& plan, const std::function<std::optional<ExitCode>()>& look)
      : ctx_(ctx), plan_(plan), look_(look), start_(ctx.clock.uptime()) {}

  ExitCode run() {
    for (;;) {
      if (const auto code = look_tolerantly()) return *code;
      sleep_to_next();
    }
  }

 private:
  std::optional<ExitCode> look_tolerantly() {
    try {
      const auto code = look_();
      if (!ctx_.out.flush()) throw OutputError();  // nobody reads any more
      ++looks_;
      unreadable_ = 0;
      return code;
    } catch (const iothub::TransportError& error) {
      if (plan_.once || !ctx_.heard_from_hub()) throw;
      tell_trouble(error);
    } catch (const iothub::ProtocolError& error) {
      if (plan_.once || !may_be_unreadable()) throw;
      tell_trouble(error);
    } catch (const iothub::ServiceError& error) {
      if (plan_.once || !(is_transient(error) || (!error.is_of_hub() && may_be_unreadable()))) throw;
      tell_trouble(error);
      pause_ = pause_after(error);
    }
    return std::nullopt;
  }

  bool may_be_unreadable() { return looks_ > 0 && ++unreadable_ <= most_unreadable; }

  /// As long as the hub says, whatever the interval.
  nanoseconds pause_after(const iothub::ServiceError& error) const {
    if (error.detail().retry_after) return *error.detail().retry_after;
    return error.status() == 429 ? nanoseconds(ctx_.retry.throttled) : nanoseconds{0};
  }

  /// Trouble that comes again and again is one trouble.
  void tell_trouble(const Error& error) {
    constexpr std::chrono::minutes gone{10};
    const nanoseconds now = ctx_.clock.uptime();
    if (!trouble_ || now >= *trouble_ + gone) ctx_.notice(fmt::format("{}; still watching", error.what()));
    trouble_ = now;
  }

  void sleep_to_next() {
    const nanoseconds now = ctx_.clock.uptime() - start_;
    const nanoseconds interval = plan_.interval;
    const nanoseconds next = (now / interval + 1) * interval;
    ctx_.clock.sleep_for(std::max(next - now, std::exchange(pause_, nanoseconds{0})));
  }

  Context& ctx_;
  const WatchPlan& plan_;
  const std::function<std::optional<ExitCode>()>& look_;
  nanoseconds start_;
  int looks_ = 0;                       // that saw something
  int unreadable_ = 0;                  // answers, one after the other
  nanoseconds pause_{0};                // that the hub asked for
  std::optional<nanoseconds> trouble_;  // when there was some last
};

}  // namespace

ExitCode watch(Context& ctx, const WatchPlan& plan, const std::function<std::optional<ExitCode>()>& look) {
  try {
    return Watch(ctx, plan, look).run();
  } catch (const DeadlinePassed&) {
    throw DeadlinePassed(plan.on_deadline, "to go on: " + plan.resume);
  } catch (const Interrupted&) {
    ctx.notice(fmt::format("detached; nothing was cancelled. To go on: {}", plan.resume));
    throw;
  }
}

}  // namespace fwctl::cli
