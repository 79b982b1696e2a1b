#include "lib/localhub/twins/twin_row.hpp"

#include <fmt/core.h>

#include "lib/localhub/api_error.hpp"
#include "lib/localhub/query/json_path.hpp"
#include "lib/localhub/store/functions.hpp"

namespace fwctl::localhub {

const char* const twin_columns =
    "sequence, device_id, module_id, generation_id, identity_etag, status, status_reason, status_updated, "
    "connection_state, connection_state_updated, last_activity, authentication, authentication_type, capabilities, "
    "device_scope, parent_scopes, managed_by, model_id, twin_etag, version, tags, desired, desired_metadata, "
    "desired_version, reported, reported_metadata, reported_version, configurations";

namespace {

std::optional<std::string> optional_text(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.text(column);
}

SqlValue or_null(const std::optional<std::string>& text) { return text ? SqlValue(*text) : SqlValue(nullptr); }

std::optional<TwinRow> first(Statement&& rows) {
  if (!rows.step()) return std::nullopt;
  return read_twin(rows);
}

void add_tags(const Database& database, std::int64_t sequence, const Json& value, std::vector<std::string>& keys) {
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      keys.push_back(key);
      add_tags(database, sequence, member, keys);
      keys.pop_back();
    }
  } else if (value.is_string()) {
    database.prepare("INSERT OR IGNORE INTO tag_values VALUES (?, ?, ?)")
        .bind_all(json_path(keys), value.get<std::string>(), sequence)
        .run();
  }
}

}  // namespace

std::string TwinRow::etag() const { return etag_text(twin_etag); }

TwinRow read_twin(const Statement& row, int first) {
  TwinRow twin;
  int column = first;
  const auto text = [&] { return row.text(column++); };
  const auto number = [&] { return row.integer(column++); };
  const auto optional = [&] { return optional_text(row, column++); };
  twin.sequence = number();
  twin.key.device_id = text();
  twin.key.module_id = text();
  twin.generation_id = text();
  twin.identity_etag = text();
  twin.status = text();
  twin.status_reason = optional();
  twin.status_updated = text();
  twin.connection_state = text();
  twin.connection_state_updated = text();
  twin.last_activity = text();
  twin.authentication = text();
  twin.authentication_type = text();
  twin.capabilities = text();
  twin.device_scope = optional();
  twin.parent_scopes = optional();
  twin.managed_by = optional();
  twin.model_id = text();
  twin.twin_etag = number();
  twin.version = number();
  twin.tags = optional();
  twin.desired.values = text();
  twin.desired.metadata = text();
  twin.desired_version = number();
  twin.reported.values = text();
  twin.reported.metadata = text();
  twin.reported_version = number();
  twin.configurations = optional();
  return twin;
}

std::optional<TwinRow> load_twin(const Database& database, const TwinKey& key) {
  static const std::string sql =
      fmt::format("SELECT {} FROM twins WHERE device_id = ? AND module_id = ?", twin_columns);
  Statement rows = database.prepare(sql);
  return first(std::move(rows.bind_all(key.device_id, key.module_id)));
}

std::optional<TwinRow> load_twin(const Database& database, std::int64_t sequence) {
  static const std::string sql = fmt::format("SELECT {} FROM twins WHERE sequence = ?", twin_columns);
  Statement rows = database.prepare(sql);
  return first(std::move(rows.bind_all(sequence)));
}

TwinRow load_known_twin(const Database& database, const TwinKey& key) {
  auto row = load_twin(database, key);
  if (row) return std::move(*row);
  const char* what = key.module_id.empty() ? "Device" : "Module";
  throw ApiError(error_names::device_not_found, fmt::format("{} {} is not registered.", what, key.text()));
}

std::int64_t insert_twin(const Database& database, const TwinRow& row) {
  static const std::string sql = fmt::format(
      "INSERT INTO twins ({}) VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) RETURNING sequence",
      twin_columns);
  Statement insert = database.prepare(sql);
  insert.bind_all(row.key.device_id, row.key.module_id, row.generation_id, row.identity_etag, row.status,
                  or_null(row.status_reason), row.status_updated, row.connection_state, row.connection_state_updated,
                  row.last_activity, row.authentication, row.authentication_type, row.capabilities,
                  or_null(row.device_scope), or_null(row.parent_scopes), or_null(row.managed_by), row.model_id,
                  row.twin_etag, row.version, or_null(row.tags), row.desired.values, row.desired.metadata,
                  row.desired_version, row.reported.values, row.reported.metadata, row.reported_version,
                  or_null(row.configurations));
  insert.step();
  const std::int64_t sequence = insert.integer(0);
  insert.run();
  return sequence;
}

void save_identity(const Database& database, const TwinRow& row) {
  database
      .prepare(
          "UPDATE twins SET (generation_id, identity_etag, status, status_reason, status_updated, authentication, "
          "authentication_type, capabilities, device_scope, parent_scopes, managed_by) = (?,?,?,?,?,?,?,?,?,?,?) "
          "WHERE sequence = ?")
      .bind_all(row.generation_id, row.identity_etag, row.status, or_null(row.status_reason), row.status_updated,
                row.authentication, row.authentication_type, row.capabilities, or_null(row.device_scope),
                or_null(row.parent_scopes), or_null(row.managed_by), row.sequence)
      .run();
}

void save_properties(const Database& database, const TwinRow& row) {
  database
      .prepare(
          "UPDATE twins SET (last_activity, model_id, twin_etag, version, tags, desired, desired_metadata, "
          "desired_version, reported, reported_metadata, reported_version, configurations) = (?,?,?,?,?,?,?,?,?,?,?,?) "
          "WHERE sequence = ?")
      .bind_all(row.last_activity, row.model_id, row.twin_etag, row.version, or_null(row.tags), row.desired.values,
                row.desired.metadata, row.desired_version, row.reported.values, row.reported.metadata,
                row.reported_version, or_null(row.configurations), row.sequence)
      .run();
}

void index_tags(const Database& database, const TwinRow& row) {
  database.prepare("DELETE FROM tag_values WHERE sequence = ?").bind_all(row.sequence).run();
  if (!row.tags) return;
  std::vector<std::string> keys;
  add_tags(database, row.sequence, Json::parse(*row.tags), keys);
}

void save_connection_state(const Database& database, const TwinKey& key, const char* state, const std::string& now) {
  database
      .prepare(
          "UPDATE twins SET connection_state = ?3, connection_state_updated = ?4, last_activity = ?4 "
          "WHERE device_id = ?1 AND module_id = ?2")
      .bind_all(key.device_id, key.module_id, std::string(state), now)
      .run();
}

}  // namespace fwctl::localhub
