#include "lib/localhub/configurations/configurations.hpp"

#include <fmt/core.h>

#include "lib/localhub/api_error.hpp"
#include "lib/localhub/configurations/configuration_body.hpp"
#include "lib/localhub/configurations/content.hpp"

namespace fwctl::localhub {
namespace {

bool asks_for_update(std::string_view if_match) {
  return if_match == "*" || (if_match.size() > 2 && if_match.front() == '"' && if_match.back() == '"');
}

void check_etag(const ConfigurationRow& row, std::string_view etag) {
  if (etag.empty() || etag == row.etag()) return;
  throw ApiError(error_names::precondition_failed,
                 fmt::format("Precondition failed: etag mismatch for configuration '{}'.", row.id));
}

Json or_null(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }

}  // namespace

ConfigurationRow Configurations::put(const std::string& id, const Json& body, std::string_view if_match) {
  ConfigurationRow asked = read_configuration(id, body);
  const ConfigurationRow row =
      asks_for_update(if_match) ? update(std::move(asked), plain_etag(if_match)) : create(std::move(asked));
  evaluator_.configurations_changed();
  return row;
}

ConfigurationRow Configurations::create(ConfigurationRow row) {
  if (load_configuration(core_.database, row.id)) {
    throw ApiError(error_names::configuration_exists, fmt::format("Configuration '{}' already exists.", row.id));
  }
  const std::int64_t most = most_configurations(core_.tier());
  if (std::ssize(configuration_ids(core_.database)) >= most) {
    throw ApiError(error_names::too_many_configurations, fmt::format("A hub has at most {} configurations.", most));
  }
  forget_namesake(row.id);
  row.created = row.updated = core_.now_text();
  insert_configuration(core_.database, row);
  return row;
}

/// Twins that its removal has not reached yet would pass for targets that the new one was applied to.
void Configurations::forget_namesake(const std::string& id) {
  core_.database.prepare("DELETE FROM removed_configurations WHERE configuration_id = ?").bind_all(id).run();
  if (core_.database.changes() == 0) return;
  core_.database
      .prepare(
          "UPDATE twins SET configurations = nullif(json_remove(configurations, ?1), '{}') "
          "WHERE json_type(configurations, ?1) IS NOT NULL")
      .bind_all(fmt::format("$.\"{}\"", id))
      .run();
}

ConfigurationRow Configurations::update(ConfigurationRow row, std::string_view etag) {
  const ConfigurationRow old = load_known_configuration(core_.database, row.id);
  check_etag(old, etag);
  row.content = old.content;
  row.created = old.created;
  row.updated = core_.now_text();
  row.etag_counter = old.etag_counter + 1;
  row.evaluated = old.evaluated;
  save_configuration(core_.database, row);
  return row;
}

void Configurations::remove(const std::string& id, std::string_view if_match) {
  check_etag(load_known_configuration(core_.database, id), plain_etag(if_match));
  core_.database.prepare("DELETE FROM configurations WHERE configuration_id = ?").bind_all(id).run();
  core_.database.prepare("INSERT OR IGNORE INTO removed_configurations VALUES (?)").bind_all(id).run();
  evaluator_.configurations_changed();
}

Json Configurations::test_queries(const Json& body) const {
  const std::string condition = text_member(body, "targetCondition");
  const auto error = condition == "*" ? "'*' is no condition that can be tested." : target_error(condition);
  Json metric_errors = Json::object();
  const Json* given = find_member(body, "customMetricQueries");
  const Json queries = given == nullptr ? Json::object() : *given;
  for (const auto& [name, query] : queries.items()) {
    const auto wrong = metric_error(query.is_string() ? query.get<std::string>() : "");
    if (wrong) metric_errors[name] = *wrong;
  }
  return {{"targetConditionError", or_null(error)}, {"customMetricQueryErrors", metric_errors}};
}

void Configurations::apply_content(const std::string& device_id, const Json& content) {
  const TwinRow device = load_known_twin(core_.database, {device_id});
  if (!device.is_edge()) {
    throw ApiError(error_names::argument_invalid, "Not an Azure IoT Edge device");
  }
  const Content read = read_content(content);
  if (read.kind != ContentKind::edge) {
    throw ApiError(error_names::invalid_configuration_content, "An edge device takes modulesContent.");
  }
  for (const auto& [module, patch] : read.patches) {
    if (load_twin(core_.database, TwinKey{device_id, module})) {
      twins_.update({device_id, module}, {{"properties", {{"desired", patch}}}}, "");
    }
  }
}

std::optional<Time> Configurations::next_due() const {
  if (!evaluator_.due()) return std::nullopt;
  return core_.clock.now();
}

void Configurations::run_due() {
  if (evaluator_.due()) evaluator_.run_slice();
}

}  // namespace fwctl::localhub
