#pragma once

#include <fmt/core.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fwctl/base/http.hpp"
#include "lib/localhub/api_error.hpp"
#include "lib/localhub/json.hpp"

/// How answers of the service are put together.
namespace fwctl::localhub {

HttpResponse json_response(std::string json);
inline HttpResponse json_response(const Json& body) { return json_response(body.dump()); }

/// A single entity: its etag goes into the header in quotes.
HttpResponse entity_response(std::string json, std::string_view etag);

/// 204.
HttpResponse empty_response();

/// An array of rows, JSON texts already; `type` is the x-ms-item-type.
HttpResponse page_response(const std::vector<std::string>& rows, std::string_view type,
                           const std::optional<std::string>& continuation);

/// What the work answers, or the error that it threw as a response.
template <typename Work>
HttpResponse response_or_error(Work&& work, Time now) {
  try {
    return work();
  } catch (const ApiError& error) {
    return error_response(error, now);
  } catch (const std::exception& error) {
    return error_response(ApiError(error_names::server_error, error.what()), now);
  }
}

/// `[a,b,…]` of JSON texts.
std::string json_array(const std::vector<std::string>& elements);

}  // namespace fwctl::localhub
