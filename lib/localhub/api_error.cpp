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

Json flat_body(const ApiError& error, Time now) {
  return {{"errorCode", error.name().number},
          {"message", error.what()},
          {"trackingId", tracking_id(now)},
          {"timestampUtc", format_iso8601(now)}};
}

std::string safe_dump(const Json& body) { return body.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json classic_body(const ApiError& error, const std::string& text, Time now) {
  return {{"Message", fmt::format("ErrorCode:{};{}", error.name().name, text)},
          {"ExceptionMessage", "Tracking ID:" + tracking_id(now)}};
}

Json body_of(const ApiError& error, Time now) {
  if (error.envelope() == Envelope::nested) {
    return {{"Message", safe_dump(flat_body(error, now))}, {"ExceptionMessage", ""}};
  }
  if (error.envelope() == Envelope::flat) {
    Json body = flat_body(error, now);
    body["info"] = nullptr;
    return body;
  }
  const Json body = classic_body(error, error.what(), now);
  if (error.envelope() == Envelope::classic) return body;
  return classic_body(error, fmt::format("Error: {} {}", error.name().status(), safe_dump(body)), now);
}

}  // namespace

HttpResponse error_response(const ApiError& error, Time now) {
  return {error.name().status(),
          {{wire::content_type, wire::json_content}, {wire::error_code, error.name().name}},
          safe_dump(body_of(error, now))};
}

std::string mqtt_error_body(const ApiError& error, Time now) {
  return safe_dump({{"errorCode", error.name().number},
                    {"trackingId", tracking_id(now)},
                    {"message", fmt::format("ErrorCode:{};{}", error.name().name, error.what())},
                    {"timestampUtc", format_iso8601(now)}});
}

}  // namespace fwctl::localhub
