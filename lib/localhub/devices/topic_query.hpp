#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "fwctl/base/url.hpp"

namespace fwctl::localhub {

/// `?$rid=1&$version=2`: the raw value of one name, so that a request id goes back byte for byte. The name itself may
/// be percent-encoded.
inline std::optional<std::string> raw_parameter(std::string_view query, std::string_view name) {
  if (query.starts_with('?')) query.remove_prefix(1);
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && percent_decode(pair.substr(0, equals)) == name) {
      return std::string(pair.substr(equals + 1));
    }
  }
  return std::nullopt;
}

}  // namespace fwctl::localhub
