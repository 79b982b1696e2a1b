#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fwctl/base/http.hpp"
#include "lib/localhub/json.hpp"
#include "lib/localhub/twins/twin_key.hpp"

namespace fwctl::localhub {

/// A service request with its target taken apart.
struct ServiceRequest {
  std::string method;                        // after X-HTTP-Method-Override
  std::string path;                          // decoded, without leading or trailing slash
  std::vector<std::string> segments;         // of the path, each decoded
  std::map<std::string, std::string> query;  // decoded
  const HttpRequest& http;

  std::string if_match() const;
  Json body() const;  // throws ApiError (400)
  /// Of `devices/{id}/…` and `twins/{id}/…`, with `modules/{id}` behind it or not.
  TwinKey key() const;
  /// A parameter of the target in lower case, or empty.
  std::string parameter(const std::string& name) const;
  /// x-ms-max-item-count, or `most` where it is absent or more. Throws ApiError (400) when it is no size.
  std::size_t page_size(std::int64_t most) const;
  std::string continuation() const;
};

ServiceRequest take_apart(const HttpRequest& http);

/// Whether the segments are those of the pattern, in which `*` stands for any one.
bool matches(std::string_view pattern, const std::vector<std::string>& segments);

}  // namespace fwctl::localhub
