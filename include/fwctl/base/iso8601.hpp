#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fwctl/base/clock.hpp"

namespace fwctl {

/// Reads `2026-08-15T09:30:21.1234567Z`: fraction of 0 to 9 digits (kept to 100 ns), `Z` or `±hh:mm`; no zone means
/// UTC, as on some of the hub's fields. Anything else, trailing text included, is nullopt.
std::optional<Time> parse_iso8601(std::string_view text);

/// `2026-08-15T09:30:21.1234567Z`: always seven digits, the hub's own layout, so that texts order like times.
std::string format_iso8601(Time time);

/// `2026-08-15T09:30:21.123Z`: what SDKs send and our documents show.
std::string format_iso8601_millis(Time time);

/// `0001-01-01T00:00:00Z`, which the hub writes for "never".
Time never();

}  // namespace fwctl
