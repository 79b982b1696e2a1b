#include "lib/localhub/api_error.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "fwctl/base/iso8601.hpp"
#include "fwctl/base/random.hpp"
#include "lib/localhub/json.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {
namespace {

/// 32 hex digits, the gateway, and the time as the service writes it: 12/31/2025 23:05:00
std::string tracking_id(Time now) {
  std::string id = random_uuid();
  std::erase(id, '-');
  const std::string iso = format_iso8601(now);
  return fmt::format("{}-G:0-TimeStamp:{}/{}/{} {}", id, iso.substr(5, 2), iso.substr(8, 2), iso.substr(0, 4),
                     iso.substr(11, 8));
}

}  // namespace

HttpResponse error_response(const ApiError& error, Time now) {
  const Json body{{"Message", fmt::format("ErrorCode:{};{}", error.name().name, error.what())},
                  {"ExceptionMessage", "Tracking ID:" + tracking_id(now)}};
  return {error.name().status(),
          {{wire::content_type, wire::json_content}, {wire::error_code, error.name().name}},
          body.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

std::string mqtt_error_body(const ApiError& error, Time now) {
  const Json body{{"errorCode", error.name().number},
                  {"trackingId", tracking_id(now)},
                  {"message", fmt::format("ErrorCode:{};{}", error.name().name, error.what())},
                  {"timestampUtc", format_iso8601(now)}};
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace fwctl::localhub
