#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "fwctl/base/clock.hpp"
#include "fwctl/base/iso8601.hpp"
#include "fwctl/localhub/hub.hpp"
#include "lib/localhub/counters.hpp"
#include "lib/localhub/faults/tiers.hpp"
#include "lib/localhub/sas_token.hpp"
#include "lib/localhub/store/database.hpp"

namespace fwctl::localhub {

/// What the hub takes for the time: the clock that it was given, wrong by what the switches say.
class HubClock {
 public:
  HubClock(const Clock& clock, const Switches& switches) : clock_(clock), switches_(switches) {}

  std::chrono::seconds offset() const { return std::chrono::seconds{switches_.clock_offset_s}; }
  Time now() const { return clock_.now() + offset(); }

 private:
  const Clock& clock_;
  const Switches& switches_;
};

/// What every part of the hub shares.
struct Core {
  Core(HubOptions given, const Clock& real_clock, Database store)
      : options(std::move(given)),
        switches(options.switches),
        clock(real_clock, switches),
        database(std::move(store)) {}
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  HubOptions options;
  Switches switches;  // as they are now
  HubClock clock;
  Database database;
  std::vector<Effect> effects;
  Counters counters;

  std::string now_text() const { return format_iso8601(clock.now()); }
  const Tier* tier() const { return find_tier(switches.tier); }

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
