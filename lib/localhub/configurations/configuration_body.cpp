#include "lib/localhub/configurations/configuration_body.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "lib/localhub/api_error.hpp"
#include "lib/localhub/configurations/content.hpp"
#include "lib/localhub/configurations/target.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::size_t most_metrics = 5;
constexpr std::string_view id_punctuation = "-+%_*!'";

void validate_id(const std::string& id, const Json& body) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || id_punctuation.find(c) != std::string_view::npos;
  };
  if (id.empty() || id.size() > 128 || !std::all_of(id.begin(), id.end(), allowed)) {
    throw ApiError(error_names::argument_invalid,
                   "A configuration id has 1 to 128 lower-case letters, digits or characters of - + % _ * ! '");
  }
  if (text_member(body, "id") != id) {
    throw ApiError(error_names::argument_invalid, "id in the body is not the one in the path.");
  }
}

Json labels_of(const Json& body) {
  const Json* labels = find_member(body, "labels");
  if (labels == nullptr) return nullptr;
  const bool texts =
      labels->is_object() && std::all_of(labels->begin(), labels->end(), [](const Json& v) { return v.is_string(); });
  if (!texts) throw ApiError(error_names::argument_invalid, "labels must be an object of strings.");
  return *labels;
}

std::int64_t priority_of(const Json& body) {
  using Limits = std::numeric_limits<std::int32_t>;
  return whole_member(body, "priority", Limits::min(), Limits::max()).value_or(0);
}

Json metrics_of(const Json& body) {
  const Json* metrics = find_member(body, "metrics");
  const Json* queries = metrics == nullptr ? nullptr : find_member(*metrics, "queries");
  if (queries == nullptr) return Json::object();
  const auto refuse = [](const std::string& why) { throw ApiError(error_names::invalid_metrics_query, why); };
  if (!queries->is_object()) refuse("metrics.queries must be an object.");
  if (queries->size() > most_metrics) refuse(fmt::format("A configuration has at most {} metrics.", most_metrics));
  for (const auto& [name, query] : queries->items()) {
    if (!query.is_string()) refuse(fmt::format("The query of metric '{}' must be a string.", name));
    if (const auto error = metric_error(query.get<std::string>())) refuse(fmt::format("Metric '{}': {}", name, *error));
  }
  return *queries;
}

/// Content for devices is for devices, and content for modules for modules.
std::string target_of(const Json& body, ContentKind kind) {
  const std::string condition = text_member(body, "targetCondition");
  const auto refuse = [](const std::string& why) { throw ApiError(error_names::invalid_target_condition, why); };
  if (const auto error = target_error(condition)) refuse(*error);
  const Target target = parse_target(condition);
  if (!target.condition.empty() && target.modules != (kind == ContentKind::module)) {
    refuse("moduleContent, and no other, goes with a condition that begins with FROM devices.modules WHERE.");
  }
  return condition;
}

}  // namespace

std::optional<std::string> target_error(const std::string& condition) {
  try {
    compile_target(parse_target(condition));
    return std::nullopt;
  } catch (const QueryError& error) {
    return error.what();
  }
}

std::optional<std::string> metric_error(const std::string& query) {
  try {
    check_query(query);
    return std::nullopt;
  } catch (const QueryError& error) {
    return error.what();
  }
}

ConfigurationRow read_configuration(const std::string& id, const Json& body) {
  if (!body.is_object()) throw ApiError(error_names::argument_invalid, "The configuration must be an object.");
  validate_id(id, body);
  const Json* content = find_member(body, "content");
  if (content == nullptr) throw ApiError(error_names::invalid_configuration_content, "content is missing.");
  ConfigurationRow row;
  row.id = id;
  row.content = *content;
  row.target_condition = target_of(body, read_content(*content).kind);
  if (find_member(body, "schemaVersion") != nullptr) row.schema_version = text_member(body, "schemaVersion");
  row.labels = labels_of(body);
  row.priority = priority_of(body);
  row.metrics = metrics_of(body);
  return row;
}

}  // namespace fwctl::localhub
