#include "lib/firmware/query_rows.hpp"

#include <nlohmann/json.hpp>

#include "fwctl/iothub/error.hpp"
#include "lib/firmware/fleet_query.hpp"

namespace fwctl::firmware {
namespace {

using nlohmann::json;

json member(const std::string& row, const char* name) {
  const json document = json::parse(row, nullptr, /*allow_exceptions=*/false);
  return document.is_object() && document.contains(name) ? document[name] : json{};
}

}  // namespace

std::int64_t count_in(const std::string& row) {
  const json count = member(row, fleet_query::count_column);
  if (!count.is_number_integer()) throw iothub::ProtocolError("the hub's answer for a count has no number");
  return count.get<std::int64_t>();
}

std::string device_in(const std::string& row) {
  const json id = member(row, "deviceId");
  if (!id.is_string()) throw iothub::ProtocolError("the hub's answer for a list of devices has no deviceId");
  return id.get<std::string>();
}

}  // namespace fwctl::firmware
