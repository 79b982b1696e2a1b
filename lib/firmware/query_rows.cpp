#include "lib/firmware/query_rows.hpp"

#include <nlohmann/json.hpp>

#include "fwctl/iothub/error.hpp"
#include "lib/firmware/fleet_query.hpp"

namespace fwctl::firmware {
namespace {

using nlohmann::json;

json member(const json& row, const char* name) { return row.is_object() && row.contains(name) ? row[name] : json{}; }

}  // namespace

json parse_row(const std::string& text) { return json::parse(text, nullptr, /*allow_exceptions=*/false); }

std::int64_t count_in(const json& row) {
  const json count = member(row, fleet_query::count_column);
  if (!count.is_number_unsigned()) throw iothub::ProtocolError("the hub's answer for a count has no number");
  return count.get<std::int64_t>();
}

std::int64_t count_in(const std::string& row) { return count_in(parse_row(row)); }

std::string text_in(const json& row, const char* column) {
  const json text = member(row, column);
  return text.is_string() ? text.get<std::string>() : std::string{};
}

std::string device_in(const std::string& row) {
  const json id = member(parse_row(row), "deviceId");
  if (!id.is_string()) throw iothub::ProtocolError("the hub's answer for a list of devices has no deviceId");
  return id.get<std::string>();
}

}  // namespace fwctl::firmware
