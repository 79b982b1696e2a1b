#include "lib/localhub/registry.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "fwctl/base/base64.hpp"
#include "fwctl/base/random.hpp"
#include "lib/localhub/api_error.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::string_view id_punctuation = "-:.+%_#*?!(),=@;$'";
constexpr std::size_t bulk_limit = 100;

void validate_id(const std::string& id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           id_punctuation.find(c) != std::string_view::npos;
  };
  if (id.empty() || id.size() > 128 || !std::all_of(id.begin(), id.end(), allowed)) {
    throw ApiError(
        error_names::argument_invalid,
        "A device id has 1 to 128 ASCII letters, digits or characters of - : . + % _ # * ? ! ( ) , = @ ; $ '");
  }
}

void validate_key(const std::string& key) {
  const auto bytes = base64_decode(key);
  if (!bytes || bytes->size() < 16 || bytes->size() > 64) {
    throw ApiError(error_names::argument_invalid, "A symmetric key is base64 of 16 to 64 bytes.");
  }
}

/// Both keys, or neither: then the hub makes them.
Json symmetric_key(const Json* authentication) {
  const Json* given = authentication == nullptr ? nullptr : find_member(*authentication, "symmetricKey");
  std::string primary = given == nullptr ? "" : text_member(*given, "primaryKey");
  std::string secondary = given == nullptr ? "" : text_member(*given, "secondaryKey");
  if (primary.empty() != secondary.empty()) {
    throw ApiError(error_names::argument_invalid, "Give both symmetric keys or neither.");
  }
  if (primary.empty()) {
    primary = base64_encode(random_bytes(32));
    secondary = base64_encode(random_bytes(32));
  }
  validate_key(primary);
  validate_key(secondary);
  return {{"primaryKey", primary}, {"secondaryKey", secondary}};
}

void set_authentication(TwinRow& row, const Json& body) {
  const Json* given = find_member(body, "authentication");
  std::string type = given == nullptr ? "" : text_member(*given, "type");
  if (type.empty()) type = "sas";
  if (type != "sas" && type != "selfSigned" && type != "certificateAuthority") {
    throw ApiError(error_names::argument_invalid, "authentication.type is none that a device can have.");
  }
  const Json none{{"primaryThumbprint", nullptr}, {"secondaryThumbprint", nullptr}};
  const Json* thumbprint = given == nullptr ? nullptr : find_member(*given, "x509Thumbprint");
  row.authentication = {
      {"symmetricKey", type == "sas" ? symmetric_key(given) : Json{{"primaryKey", nullptr}, {"secondaryKey", nullptr}}},
      {"x509Thumbprint", thumbprint == nullptr ? none : *thumbprint},
      {"type", type}};
  row.authentication_type = type;
}

void set_status(TwinRow& row, const Json& body, const std::string& now) {
  std::string status = text_member(body, "status");
  if (status.empty()) status = "enabled";
  if (status != "enabled" && status != "disabled") {
    throw ApiError(error_names::argument_invalid, "status must be enabled or disabled.");
  }
  const std::string reason = text_member(body, "statusReason");
  if (reason.size() > 128) throw ApiError(error_names::argument_invalid, "statusReason is longer than 128 characters.");
  if (status != row.status) row.status_updated = now;
  row.status = status;
  row.status_reason = reason.empty() ? std::nullopt : std::optional(reason);
}

void set_identity(TwinRow& row, const Json& body, const std::string& now) {
  if (!body.is_object()) throw ApiError(error_names::argument_invalid, "The device must be an object.");
  set_authentication(row, body);
  set_status(row, body, now);
  if (const Json* capabilities = find_member(body, "capabilities")) {
    const Json* edge = find_member(*capabilities, "iotEdge");
    row.capabilities = {{"iotEdge", edge != nullptr && edge->is_boolean() && edge->get<bool>()}};
  }
}

}  // namespace

std::string Registry::next_etag() const {
  // Times never repeat within a device, and a counter in base64 is what the real hub shows.
  return base64_encode(std::to_string(core_.clock.now().time_since_epoch().count() % 1'000'000'000'000));
}

TwinRow Registry::create(const std::string& id, const Json& body) {
  validate_id(id);
  if (load_twin(core_.database, id)) {
    throw ApiError(error_names::device_exists, fmt::format("A device with ID '{}' is already registered.", id));
  }
  const std::string now = core_.now_text();
  TwinRow row;
  row.device_id = id;
  row.generation_id = std::to_string(core_.clock.now().time_since_epoch().count() + 621'355'968'000'000'000);
  row.identity_etag = next_etag();
  row.status_updated = row.connection_state_updated = row.last_activity = never_text;
  row.desired.metadata = {{"$lastUpdated", now}};
  row.reported.metadata = {{"$lastUpdated", now}};
  set_identity(row, body, never_text);
  insert_twin(core_.database, row);
  twins_.created(row);
  return row;
}

TwinRow Registry::put(const std::string& id, const Json& body, std::string_view if_match) {
  const std::string named = text_member(body, "deviceId");
  if (!named.empty() && named != id) {
    throw ApiError(error_names::argument_invalid, "deviceId in the body is not the one in the path.");
  }
  if (if_match.empty()) return create(id, body);
  TwinRow row = load_known_twin(core_.database, id);
  const std::string etag = plain_etag(if_match);
  if (!etag.empty() && etag != row.identity_etag) {
    throw ApiError(error_names::precondition_failed, fmt::format("Precondition failed: etag mismatch for '{}'.", id));
  }
  set_identity(row, body, core_.now_text());
  const std::string fresh = next_etag();
  row.identity_etag = fresh == row.identity_etag ? base64_encode(base64_decode(fresh).value_or("") + "0") : fresh;
  save_twin(core_.database, row);
  return row;
}

void Registry::remove(const std::string& id, std::string_view if_match) {
  if (if_match.empty()) throw ApiError(error_names::precondition_failed, "Precondition failed: Etag missing.");
  const TwinRow row = load_known_twin(core_.database, id);
  const std::string etag = plain_etag(if_match);
  if (!etag.empty() && etag != row.identity_etag) {
    throw ApiError(error_names::precondition_failed, fmt::format("Precondition failed: etag mismatch for '{}'.", id));
  }
  core_.database.prepare("DELETE FROM twins WHERE device_id = ?").bind_all(id).run();
  core_.database.prepare("DELETE FROM subscriptions WHERE device_id = ?").bind_all(id).run();
}

Json Registry::list(std::int64_t top) const {
  Json devices = Json::array();
  Statement rows = core_.database.prepare("SELECT sequence FROM twins WHERE module_id = '' ORDER BY sequence LIMIT ?");
  rows.bind_all(top);
  while (rows.step()) devices.push_back(identity_document(*load_twin(core_.database, rows.integer(0))));
  return devices;
}

void Registry::bulk_line(const Json& line) {
  const std::string id = text_member(line, "id");
  std::string mode = text_member(line, "importMode");
  std::transform(mode.begin(), mode.end(), mode.begin(), [](unsigned char c) { return std::tolower(c); });
  const std::string etag = text_member(line, "eTag");
  if (mode.empty() || mode == "create" || (mode == "createorupdate" && !load_twin(core_.database, id))) {
    create(id, line);
  } else if (mode == "update" || mode == "createorupdate") {
    put(id, line, "*");
  } else if (mode == "updateifmatchetag") {
    put(id, line, etag);
  } else if (mode == "delete") {
    remove(id, "*");
    return;
  } else if (mode == "deleteifmatchetag") {
    remove(id, etag);
    return;
  } else if (mode != "updatetwin" && mode != "updatetwinifmatchetag") {
    throw ApiError(error_names::argument_invalid, "importMode is none that the hub knows.");
  }
  if (line.contains("tags") || line.contains("properties")) {
    twins_.update(id, line, mode == "updatetwinifmatchetag" ? plain_etag(text_member(line, "twinETag")) : "");
  }
}

Json Registry::bulk(const Json& lines) {
  if (!lines.is_array() || lines.empty()) {
    throw ApiError(error_names::argument_invalid, "The body must be an array of 1 to 100 devices.");
  }
  if (lines.size() > bulk_limit) throw ApiError(error_names::too_many_devices, "At most 100 devices in one call.");
  Json errors = Json::array();
  for (const Json& line : lines) {
    core_.database.execute("SAVEPOINT line");
    try {
      bulk_line(line);
    } catch (const ApiError& error) {
      core_.database.execute("ROLLBACK TO line");
      const Json* id = find_member(line, "id");
      errors.push_back({{"deviceId", id == nullptr ? Json(nullptr) : *id},
                        {"moduleId", nullptr},
                        {"errorCode", error.name().name},
                        {"errorStatus", error.what()},
                        {"operation", nullptr}});
    }
    core_.database.execute("RELEASE line");
  }
  return {{"isSuccessful", errors.empty()}, {"errors", errors}, {"warnings", Json::array()}};
}

std::int64_t Registry::count(const char* condition) const {
  Statement row =
      core_.database.prepare(fmt::format("SELECT COUNT(*) FROM twins WHERE module_id = '' AND {}", condition));
  row.step();
  return row.integer(0);
}

Json Registry::statistics() const {
  return {{"totalDeviceCount", count("true")},
          {"enabledDeviceCount", count("status = 'enabled'")},
          {"disabledDeviceCount", count("status = 'disabled'")}};
}

Json Registry::service_statistics() const {
  return {{"connectedDeviceCount", count("connection_state = 'Connected'")}};
}

}  // namespace fwctl::localhub
