#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <optional>
#include <string>

#include "cmd/fwctl/context.hpp"
#include "cmd/fwctl/errors.hpp"
#include "fwctl/iothub/error.hpp"

namespace fwctl::cli {

/// How something is created under an id of ours.
template <typename Made>
struct Creation {
  std::string what;           // job fw-285
  std::function<Made()> put;  // creates; a second time it is refused with 409
  /// What stands under the id; nullopt: nothing. Throws Conflict when that is another one than ours.
  std::function<std::optional<Made>()> look;
};

/// Why the hub may have acted although a request failed; empty: it did not.
inline std::string doubt_about(const Error& error) {
  if (const auto* lost = dynamic_cast<const iothub::TransportError*>(&error)) {
    return lost->maybe_acted() ? "the answer was lost" : "";
  }
  if (dynamic_cast<const iothub::ProtocolError*>(&error) != nullptr) return "the answer can't be read";
  const auto* refused = dynamic_cast<const iothub::ServiceError*>(&error);
  const int status = refused == nullptr ? 0 : refused->status();
  return status >= 500 || status == 408 || status == 409 ? fmt::format("the hub answered HTTP {}", status) : "";
}

/// What stands there after a request of doubtful outcome.
template <typename Made>
std::optional<Made> settle(Context& ctx, const Creation<Made>& creation, const std::string& doubt) {
  try {
    auto made = creation.look();
    if (made) ctx.notice(fmt::format("{}; the hub has {} with this very content", doubt, creation.what));
    return made;
  } catch (const Conflict&) {
    throw;
  } catch (const Error&) {
    ctx.notice(fmt::format("{}; whether {} was created can't be told now", doubt, creation.what));
    throw;
  }
}

/// Creates it once. When the answer is lost or unreadable, is a 5xx, or says that the id is taken, what stands there is
/// read back: it is ours, another's, or nothing, and then the request goes out again, within the budget of repeats.
template <typename Made>
Made create_surely(Context& ctx, const Creation<Made>& creation) {
  const std::chrono::nanoseconds budget_ends = ctx.clock.uptime() + ctx.retry.total;
  const auto give_up = std::min(budget_ends, ctx.retry.deadline.value_or(budget_ends));
  for (std::chrono::seconds pause{1};; pause = std::min(2 * pause, std::chrono::seconds{32})) {
    std::exception_ptr failure;
    std::string doubt;
    try {
      return creation.put();
    } catch (const Error& error) {
      doubt = doubt_about(error);
      if (doubt.empty()) throw;
      failure = std::current_exception();
    }
    if (auto made = settle(ctx, creation, doubt)) return *made;
    const bool again = ctx.clock.uptime() + pause <= give_up;
    ctx.notice(fmt::format("{}; the hub has no {}{}", doubt, creation.what, again ? ": sending it again" : ""));
    if (!again) std::rethrow_exception(failure);
    ctx.clock.sleep_for(pause);
  }
}

}  // namespace fwctl::cli
