#include <nlohmann/json.hpp>

#include "fwctl/base/iso8601.hpp"
#include "fwctl/firmware/verdict.hpp"
#include "fwctl/iothub/twin.hpp"
#include "lib/firmware/wire_names.hpp"

namespace fwctl::firmware {
namespace {

using nlohmann::json;

/// The member, or null when there is none: a malformed twin is like one that says nothing.
const json& at(const json& object, const char* name) {
  static const json nothing;
  if (!object.is_object()) return nothing;
  const auto found = object.find(name);
  return found == object.end() ? nothing : *found;
}

std::optional<Time> firmware_written(const json& section) {
  const json& time = at(at(at(section, "$metadata"), wire::firmware), "$lastUpdated");
  return time.is_string() ? parse_iso8601(time.get<std::string>()) : std::nullopt;
}

}  // namespace

Evidence read_evidence(const std::string& twin_document) {
  const iothub::Twin twin = iothub::parse_twin(twin_document);
  const json document = json::parse(twin.document);
  const json& desired = at(at(document, "properties"), "desired");
  const json& reported = at(at(document, "properties"), "reported");
  return {twin.device_id,
          desired_from_json(at(desired, wire::firmware)),
          firmware_written(desired),
          reported_from_json(at(reported, wire::firmware)),
          firmware_written(reported),
          twin.connection_state == "Connected",
          twin.last_activity,
          twin.status == "disabled"};
}

}  // namespace fwctl::firmware
