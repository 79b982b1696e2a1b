#include "lib/localhub/configurations/configuration_row.hpp"

#include <fmt/core.h>

#include "fwctl/base/base64.hpp"
#include "lib/localhub/api_error.hpp"
#include "lib/localhub/configurations/metrics.hpp"

namespace fwctl::localhub {
namespace {

SqlValue schema_value(const ConfigurationRow& row) {
  return row.schema_version ? SqlValue(*row.schema_version) : SqlValue(nullptr);
}

SqlValue labels_value(const ConfigurationRow& row) {
  return row.labels.is_null() ? SqlValue(nullptr) : SqlValue(row.labels.dump());
}

ConfigurationRow read(const Statement& columns) {
  ConfigurationRow row;
  row.id = columns.text(0);
  if (!columns.is_null(1)) row.schema_version = columns.text(1);
  if (!columns.is_null(2)) row.labels = Json::parse(columns.text(2));
  row.content = Json::parse(columns.text(3));
  row.target_condition = columns.text(4);
  row.priority = columns.integer(5);
  row.metrics = Json::parse(columns.text(6));
  row.created = columns.text(7);
  row.updated = columns.text(8);
  row.etag_counter = columns.integer(9);
  row.evaluated = columns.integer(10) == 1;
  return row;
}

}  // namespace

std::string ConfigurationRow::etag() const { return base64_encode(std::to_string(etag_counter)); }

std::optional<ConfigurationRow> load_configuration(const Database& database, const std::string& id) {
  Statement columns = database.prepare(
      "SELECT configuration_id, schema_version, labels, content, target_condition, priority, metrics, created, "
      "updated, "
      "etag, evaluated FROM configurations WHERE configuration_id = ?");
  if (!columns.bind_all(id).step()) return std::nullopt;
  return read(columns);
}

ConfigurationRow load_known_configuration(const Database& database, const std::string& id) {
  auto row = load_configuration(database, id);
  if (!row) throw ApiError(error_names::configuration_not_found, fmt::format("Configuration {} does not exist.", id));
  return std::move(*row);
}

std::vector<std::string> configuration_ids(const Database& database) {
  Statement rows =
      database.prepare("SELECT configuration_id FROM configurations ORDER BY priority DESC, sequence DESC");
  std::vector<std::string> ids;
  while (rows.step()) ids.push_back(rows.text(0));
  return ids;
}

void insert_configuration(const Database& database, const ConfigurationRow& row) {
  database
      .prepare(
          "INSERT INTO configurations (configuration_id, schema_version, labels, content, target_condition, priority, "
          "metrics, created, updated, etag) VALUES (?,?,?,?,?,?,?,?,?,?)")
      .bind_all(row.id, schema_value(row), labels_value(row), row.content.dump(), row.target_condition, row.priority,
                row.metrics.dump(), row.created, row.updated, row.etag_counter)
      .run();
}

void save_configuration(const Database& database, const ConfigurationRow& row) {
  database
      .prepare(
          "UPDATE configurations SET schema_version = ?2, labels = ?3, target_condition = ?4, priority = ?5, "
          "metrics = ?6, updated = ?7, etag = ?8 WHERE configuration_id = ?1")
      .bind_all(row.id, schema_value(row), labels_value(row), row.target_condition, row.priority, row.metrics.dump(),
                row.updated, row.etag_counter)
      .run();
}

Json configuration_document(const ConfigurationRow& row, const MetricResults& results) {
  return {{"id", row.id},
          {"schemaVersion", row.schema_version ? Json(*row.schema_version) : Json(nullptr)},
          {"labels", row.labels},
          {"content", row.content},
          {"targetCondition", row.target_condition},
          {"createdTimeUtc", row.created},
          {"lastUpdatedTimeUtc", row.updated},
          {"priority", row.priority},
          {"systemMetrics", {{"results", results.system}, {"queries", system_queries(row)}}},
          {"metrics", {{"results", results.custom}, {"queries", row.metrics}}},
          {"etag", row.etag()}};
}

}  // namespace fwctl::localhub
