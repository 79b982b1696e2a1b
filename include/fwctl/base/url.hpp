#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fwctl {

/// Percent-encodes everything but RFC 3986 unreserved characters, with upper-case hex.
std::string percent_encode(std::string_view text);

/// Decodes `%hh`. A `+` stays a `+`. nullopt when a `%` is not followed by two hex digits.
std::optional<std::string> percent_decode(std::string_view text);

/// An origin-form request target, taken apart: `/twins/a%20b?api-version=1` is path `/twins/a%20b` (still encoded,
/// so that an encoded slash stays one) and query `{api-version: 1}` (decoded; the last of equal names wins).
struct Target {
  std::string path;
  std::map<std::string, std::string> query;
};
Target parse_target(std::string_view target);

}  // namespace fwctl
