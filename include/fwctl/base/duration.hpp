#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace fwctl {

/// Reads `250ms`, `5s`, `10m`, `1h`, `7d` and sums such as `1h30m`. No sign, no bare number, no overflow.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// `45s`, `2m 05s`, `1h 02m`, `3d 04h`: two units at most, for people.
std::string format_duration(std::chrono::seconds duration);

/// `90s`, `1500ms`: what parse_duration() reads.
std::string duration_argument(std::chrono::milliseconds duration);

}  // namespace fwctl
