#include "lib/localhub/twins/twin_row.hpp"

#include <fmt/core.h>

#include "lib/localhub/api_error.hpp"
#include "lib/localhub/store/functions.hpp"

namespace fwctl::localhub {
namespace {

constexpr const char* columns =
    "device_id, generation_id, identity_etag, status, status_reason, status_updated, connection_state, "
    "connection_state_updated, last_activity, authentication, authentication_type, capabilities, model_id, twin_etag, "
    "version, tags, desired, desired_metadata, desired_version, reported, reported_metadata, reported_version, "
    "configurations";

std::optional<std::string> optional_text(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.text(column);
}

TwinRow read(const Statement& row) {
  TwinRow twin;
  int column = 0;
  const auto text = [&] { return row.text(column++); };
  const auto json = [&] { return Json::parse(row.text(column++)); };
  const auto number = [&] { return row.integer(column++); };
  twin.device_id = text();
  twin.generation_id = text();
  twin.identity_etag = text();
  twin.status = text();
  twin.status_reason = optional_text(row, column++);
  twin.status_updated = text();
  twin.connection_state = text();
  twin.connection_state_updated = text();
  twin.last_activity = text();
  twin.authentication = json();
  twin.authentication_type = text();
  twin.capabilities = json();
  twin.model_id = text();
  twin.twin_etag = number();
  twin.version = number();
  if (const auto tags = optional_text(row, column++)) twin.tags = Json::parse(*tags);
  twin.desired.values = json();
  twin.desired.metadata = json();
  twin.desired_version = number();
  twin.reported.values = json();
  twin.reported.metadata = json();
  twin.reported_version = number();
  if (const auto configurations = optional_text(row, column++)) twin.configurations = Json::parse(*configurations);
  return twin;
}

SqlValue or_null(const std::optional<std::string>& text) { return text ? SqlValue(*text) : SqlValue(nullptr); }

void bind(Statement& statement, const TwinRow& twin) {
  statement.bind_all(twin.device_id, twin.generation_id, twin.identity_etag, twin.status, or_null(twin.status_reason),
                     twin.status_updated, twin.connection_state, twin.connection_state_updated, twin.last_activity,
                     twin.authentication.dump(), twin.authentication_type, twin.capabilities.dump(), twin.model_id,
                     twin.twin_etag, twin.version, twin.tags ? SqlValue(twin.tags->dump()) : SqlValue(nullptr),
                     twin.desired.values.dump(), twin.desired.metadata.dump(), twin.desired_version,
                     twin.reported.values.dump(), twin.reported.metadata.dump(), twin.reported_version,
                     twin.configurations ? SqlValue(twin.configurations->dump()) : SqlValue(nullptr));
}

std::optional<TwinRow> first(Statement&& rows) {
  if (!rows.step()) return std::nullopt;
  return read(rows);
}

Json properties(const Section& section, std::int64_t version) {
  Json document = section.values;
  document["$metadata"] = section.metadata;
  document["$version"] = version;
  return document;
}

Json or_null_json(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }

}  // namespace

std::string TwinRow::etag() const { return etag_text(twin_etag); }

std::optional<TwinRow> load_twin(const Database& database, const std::string& device_id) {
  Statement rows =
      database.prepare(fmt::format("SELECT {} FROM twins WHERE device_id = ? AND module_id = ''", columns));
  return first(std::move(rows.bind_all(device_id)));
}

std::optional<TwinRow> load_twin(const Database& database, std::int64_t sequence) {
  Statement rows = database.prepare(fmt::format("SELECT {} FROM twins WHERE sequence = ?", columns));
  return first(std::move(rows.bind_all(sequence)));
}

TwinRow load_known_twin(const Database& database, const std::string& device_id) {
  auto row = load_twin(database, device_id);
  if (!row) throw ApiError(error_names::device_not_found, fmt::format("Device {} is not registered.", device_id));
  return std::move(*row);
}

void insert_twin(const Database& database, const TwinRow& row) {
  Statement insert = database.prepare(
      fmt::format("INSERT INTO twins ({}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", columns));
  bind(insert, row);
  insert.run();
}

void save_twin(const Database& database, const TwinRow& row) {
  Statement update =
      database.prepare(fmt::format("UPDATE twins SET ({}) = (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) "
                                   "WHERE device_id = ?1 AND module_id = ''",
                                   columns));
  bind(update, row);
  update.run();
}

void save_connection_state(const Database& database, const std::string& device_id, const char* state,
                           const std::string& now) {
  database
      .prepare(
          "UPDATE twins SET connection_state = ?2, connection_state_updated = ?3, last_activity = ?3 "
          "WHERE device_id = ?1 AND module_id = ''")
      .bind_all(device_id, std::string(state), now)
      .run();
}

Json twin_document(const TwinRow& row) {
  Json document{{"deviceId", row.device_id},
                {"etag", row.etag()},
                {"deviceEtag", row.identity_etag},
                {"status", row.status},
                {"statusReason", or_null_json(row.status_reason)},
                {"statusUpdateTime", row.status_updated},
                {"connectionState", row.connection_state},
                {"lastActivityTime", row.last_activity},
                {"cloudToDeviceMessageCount", 0},
                {"authenticationType", row.authentication_type},
                {"x509Thumbprint", {{"primaryThumbprint", nullptr}, {"secondaryThumbprint", nullptr}}},
                {"modelId", row.model_id},
                {"version", row.version}};
  if (const Json* thumbprint = find_member(row.authentication, "x509Thumbprint"))
    document["x509Thumbprint"] = *thumbprint;
  if (row.tags) document["tags"] = *row.tags;
  document["properties"] = {{"desired", properties(row.desired, row.desired_version)},
                            {"reported", properties(row.reported, row.reported_version)}};
  document["capabilities"] = row.capabilities;
  if (row.configurations) document["configurations"] = *row.configurations;
  return document;
}

Json identity_document(const TwinRow& row) {
  return {{"deviceId", row.device_id},
          {"generationId", row.generation_id},
          {"etag", row.identity_etag},
          {"connectionState", row.connection_state},
          {"status", row.status},
          {"statusReason", or_null_json(row.status_reason)},
          {"connectionStateUpdatedTime", row.connection_state_updated},
          {"statusUpdatedTime", row.status_updated},
          {"lastActivityTime", row.last_activity},
          {"cloudToDeviceMessageCount", 0},
          {"authentication", row.authentication},
          {"capabilities", row.capabilities}};
}

}  // namespace fwctl::localhub
