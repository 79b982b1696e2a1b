#include "fwctl/base/base64.hpp"
#include "fwctl/base/duration.hpp"
#include "fwctl/base/error.hpp"
#include "fwctl/base/iso8601.hpp"
#include "fwctl/base/url.hpp"
#include "fwctl/iothub/connection_string.hpp"
#include "fwctl/iothub/query_text.hpp"
#include "lib/localhub/query/query.hpp"
#include "lib/localhub/sas_token.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace fwctl::fuzz {
namespace {

void connection_strings(std::string_view text) {
  const auto check = [](const Error& error) {
    require(std::string_view(error.what()).find('\n') == std::string_view::npos, "an error has two lines");
  };
  try {
    require(!iothub::parse_service_connection(text).hub_name().empty(), "a hub has no name");
  } catch (const Error& error) {
    check(error);
  }
  try {
    const iothub::DeviceConnection device = iothub::parse_device_connection(text);
    const iothub::DeviceConnection again = iothub::parse_device_connection(device.to_text());
    require(again.device_id == device.device_id && again.host_name == device.host_name, "a device is written wrongly");
  } catch (const Error& error) {
    check(error);
  }
}

void tokens(std::string_view text) {
  const auto token = localhub::parse_sas_token(text);
  if (!token) return;
  const std::array<std::string, 2> keys{"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "not base64"};
  require(!localhub::signed_by(*token, keys), "a signature was guessed");
  localhub::covers(*token, "devices/a");
}

void times(std::string_view text) {
  if (const auto time = parse_iso8601(text)) {
    require(parse_iso8601(format_iso8601(*time)) == time, "a time is written wrongly: " + format_iso8601(*time));
    format_iso8601_millis(*time);
  }
  if (const auto duration = parse_duration(text)) {
    require(duration->count() >= 0, "a duration is negative");
    format_duration(std::chrono::floor<std::chrono::seconds>(*duration));
  }
}

void encodings(std::string_view text) {
  require(percent_decode(percent_encode(text)) == text, "percent-encoding loses something");
  require(base64_decode(base64_encode(text)) == text, "base64 loses something");
  if (const auto bytes = base64_decode(text)) base64_encode(*bytes);
  percent_decode(text);
  parse_target(text);
}

/// Whatever stands in a literal that we write, the hub reads the same text.
void literals(std::string_view text) {
  if (text.size() > 1000) return;
  const localhub::SqlCondition condition = localhub::compile_condition("deviceId = " + iothub::quote_literal(text));
  const bool same = condition.values.size() == 1 && condition.values[0] == localhub::SqlValue(std::string(text));
  require(same, "a literal reads otherwise: " + iothub::quote_literal(text));
}

}  // namespace
}  // namespace fwctl::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fwctl::fuzz::Input(bytes, size).rest();
  fwctl::fuzz::connection_strings(text);
  fwctl::fuzz::tokens(text);
  fwctl::fuzz::times(text);
  fwctl::fuzz::encodings(text);
  fwctl::fuzz::literals(text);
  return 0;
}
