#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "fwctl/base/clock.hpp"
#include "fwctl/base/iso8601.hpp"
#include "fwctl/localhub/hub.hpp"
#include "lib/localhub/sas_token.hpp"
#include "lib/localhub/store/database.hpp"

namespace fwctl::localhub {

/// What every part of the hub shares.
struct Core {
  HubOptions options;
  const Clock& clock;
  Database database;
  std::vector<Effect> effects;

  std::string now_text() const { return format_iso8601(clock.now()); }

  bool is_our_host(const std::string& host) const {
    return std::any_of(options.host_names.begin(), options.host_names.end(),
                       [&](const std::string& name) { return plain_host(name) == host; });
  }
};

/// Clamped to the years that a Time holds: a token may name any number.
inline Time from_unix(std::int64_t seconds) {
  constexpr std::int64_t limit = std::int64_t{200'000'000'000};
  return Time{std::chrono::seconds{std::clamp(seconds, -limit, limit)}};
}

}  // namespace fwctl::localhub
