#include "lib/localhub/digitaltwins/digital_twin.hpp"

#include <fmt/core.h>

#include <set>

#include "lib/localhub/api_error.hpp"

namespace fwctl::localhub {
namespace {

constexpr const char* component_mark = "__t";

Json member(const Json& object, const std::string& name) {
  return object.is_object() && object.contains(name) ? object[name] : Json();
}

bool is_component(const Json& value) { return member(value, component_mark) == "c"; }

/// A device acknowledges a writable property with {value, ac: code, av: version, ad: description}.
bool is_acknowledgement(const Json& value) {
  return value.is_object() && value.contains("value") && value.contains("ac") && value.contains("av");
}

/// One level of a twin: values and $metadata of both sections.
struct Level {
  Json desired;
  Json desired_metadata;
  Json reported;
  Json reported_metadata;

  Level below(const std::string& name) const {
    return {member(desired, name), member(desired_metadata, name), member(reported, name),
            member(reported_metadata, name)};
  }
};

Json property_metadata(const Level& property) {
  Json metadata = Json::object();
  if (!property.desired.is_null()) {
    metadata["desiredValue"] = property.desired;
    metadata["desiredVersion"] = member(property.desired_metadata, "$lastUpdatedVersion");
  }
  if (is_acknowledgement(property.reported)) {
    metadata["ackVersion"] = property.reported["av"];
    metadata["ackCode"] = property.reported["ac"];
    if (property.reported.contains("ad")) metadata["ackDescription"] = property.reported["ad"];
  }
  const Level& p = property;
  metadata["lastUpdateTime"] = member(p.reported.is_null() ? p.desired_metadata : p.reported_metadata, "$lastUpdated");
  return metadata;
}

void add_members(Json& document, const Level& level) {
  std::set<std::string> names;
  for (const Json* section : {&level.reported, &level.desired}) {
    if (!section->is_object()) continue;
    for (const auto& [name, value] : section->items()) names.insert(name);
  }
  names.erase(component_mark);
  Json metadata = member(document, "$metadata");
  document.erase("$metadata");
  if (metadata.is_null()) metadata = Json::object();
  for (const std::string& name : names) {
    const Level below = level.below(name);
    if (is_component(below.desired) || is_component(below.reported)) {
      document[name] = Json::object();
      add_members(document[name], below);
      continue;
    }
    if (!below.reported.is_null()) {
      document[name] = is_acknowledgement(below.reported) ? below.reported["value"] : below.reported;
    }
    metadata[name] = property_metadata(below);
  }
  document["$metadata"] = metadata;
}

std::vector<std::string> keys_of(const std::string& path) {
  std::vector<std::string> keys;
  std::string_view rest = path;
  while (rest.starts_with('/')) {
    rest.remove_prefix(1);
    keys.emplace_back(rest.substr(0, rest.find('/')));
    rest.remove_prefix(keys.back().size());
  }
  if (!rest.empty() || keys.empty() || keys.size() > 2) {
    throw ApiError(error_names::argument_invalid, fmt::format("'{}' is no path of a property or component.", path));
  }
  return keys;
}

/// `$metadata` is the service's word for "this is a component"; the twin's is `__t`.
Json component_value(Json value) {
  if (!value.is_object() || !value.contains("$metadata")) return value;
  value.erase("$metadata");
  value[component_mark] = "c";
  return value;
}

void apply(Json& desired, const Json& operation) {
  const std::string op = text_member(operation, "op");
  if (op != "add" && op != "replace" && op != "remove") {
    throw ApiError(error_names::argument_invalid, "op must be add, replace or remove.");
  }
  const std::vector<std::string> keys = keys_of(text_member(operation, "path"));
  const Json value = op == "remove" ? Json() : component_value(member(operation, "value"));
  if (keys.size() == 1) {
    desired[keys[0]] = value;
  } else {
    desired[keys[0]][component_mark] = "c";
    desired[keys[0]][keys[1]] = value;
  }
}

}  // namespace

Json digital_twin_document(const TwinRow& row) {
  const Section desired = read_section(row.desired);
  const Section reported = read_section(row.reported);
  Json document{{"$dtId", row.key.device_id}, {"$metadata", {{"$model", row.model_id}}}};
  add_members(document, {desired.values, desired.metadata, reported.values, reported.metadata});
  return document;
}

Json desired_of_json_patch(const Json& operations) {
  if (!operations.is_array()) throw ApiError(error_names::argument_invalid, "The patch must be an array.");
  Json desired = Json::object();
  for (const Json& operation : operations) apply(desired, operation);
  return desired;
}

}  // namespace fwctl::localhub
