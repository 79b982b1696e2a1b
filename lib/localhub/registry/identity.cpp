#include "lib/localhub/registry/identity.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "fwctl/base/base64.hpp"
#include "fwctl/base/random.hpp"
#include "lib/localhub/api_error.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::string_view scope_scheme = "ms-azure-iot-edge://";
constexpr std::string_view id_punctuation = "-:.+%_#*?!(),=@;$'";

}  // namespace

void validate_id(const std::string& id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           id_punctuation.find(c) != std::string_view::npos;
  };
  if (id.empty() || id.size() > 128 || !std::all_of(id.begin(), id.end(), allowed)) {
    throw ApiError(error_names::format_error,
                   "An id has 1 to 128 ASCII letters, digits or characters of - : . + % _ # * ? ! ( ) , = @ ; $ '");
  }
}

namespace {

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

Json thumbprints(const Json* authentication) {
  const Json* given = authentication == nullptr ? nullptr : find_member(*authentication, "x509Thumbprint");
  Json result{{"primaryThumbprint", nullptr}, {"secondaryThumbprint", nullptr}};
  if (given == nullptr) return result;
  for (auto& [name, value] : result.items()) {
    const std::string text = text_member(*given, name);
    if (text.empty()) continue;
    const bool hex = std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
    if (!hex || (text.size() != 40 && text.size() != 64)) {
      throw ApiError(error_names::argument_invalid, "A thumbprint is 40 or 64 hex digits.");
    }
    value = text;
  }
  return result;
}

}  // namespace

void set_authentication(TwinRow& row, const Json& body) {
  const Json* given = find_member(body, "authentication");
  if (given != nullptr && !given->is_object()) {
    throw ApiError(error_names::argument_invalid, "authentication must be an object.");
  }
  std::string type = given == nullptr ? "" : text_member(*given, "type");
  if (type.empty()) type = "sas";
  if (type != "sas" && type != "selfSigned" && type != "certificateAuthority") {
    throw ApiError(error_names::argument_invalid, "authentication.type is none that a device can have.");
  }
  const Json no_keys{{"primaryKey", nullptr}, {"secondaryKey", nullptr}};
  const Json authentication{{"symmetricKey", type == "sas" ? symmetric_key(given) : no_keys},
                            {"x509Thumbprint", thumbprints(given)},
                            {"type", type}};
  row.authentication = authentication.dump();
  row.authentication_type = type;
}

namespace {

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

/// An edge device has a scope of its own; another device may name the one of its parent.
void set_scopes(TwinRow& row, const Json& body) {
  const std::string given = text_member(body, "deviceScope");
  if (!given.empty() && !given.starts_with(scope_scheme)) {
    throw ApiError(error_names::invalid_device_scope, "A deviceScope begins with ms-azure-iot-edge://.");
  }
  const Json* parents = find_member(body, "parentScopes");
  row.parent_scopes = parents != nullptr && !parents->empty() ? std::optional(parents->dump()) : std::nullopt;
  if (row.is_edge()) {
    row.device_scope = fmt::format("{}{}-{}", scope_scheme, row.key.device_id, row.generation_id);
  } else {
    row.device_scope = given.empty() ? std::nullopt : std::optional(given);
    if (row.device_scope && !row.parent_scopes) row.parent_scopes = Json::array({given}).dump();
  }
}

}  // namespace

void set_identity(TwinRow& row, const Json& body, const std::string& now) {
  if (!body.is_object()) throw ApiError(error_names::argument_invalid, "The device must be an object.");
  set_authentication(row, body);
  set_status(row, body, now);
  if (const Json* capabilities = find_member(body, "capabilities")) {
    const Json* edge = find_member(*capabilities, "iotEdge");
    const bool is_edge = edge != nullptr && edge->is_boolean() && edge->get<bool>();
    row.capabilities = is_edge ? R"({"iotEdge":true})" : R"({"iotEdge":false})";
  }
  set_scopes(row, body);
}

TwinRow new_identity(const Core& core, const TwinKey& key) {
  const std::string now = core.now_text();
  TwinRow row;
  row.key = key;
  row.generation_id = std::to_string(core.clock.now().time_since_epoch().count() + 621'355'968'000'000'000);
  row.status_updated = row.connection_state_updated = row.last_activity = never_text;
  row.desired.metadata = row.reported.metadata = Json{{"$lastUpdated", now}}.dump();
  renew_etag(core, row);
  return row;
}

void renew_etag(const Core& core, TwinRow& row) {
  // Times never repeat within a device, and a counter in base64 is what the real hub shows.
  const std::string fresh =
      base64_encode(std::to_string(core.clock.now().time_since_epoch().count() % 1'000'000'000'000));
  row.identity_etag = fresh == row.identity_etag ? base64_encode(base64_decode(fresh).value_or("") + "0") : fresh;
}

void require_etag(const Core& core, std::string_view if_match) {
  if (!if_match.empty() || core.switches.delete_without_etag) return;
  throw ApiError(error_names::precondition_failed, "Precondition failed: Etag missing.");
}

void check_etag(const TwinRow& row, std::string_view if_match) {
  const std::string etag = plain_etag(if_match);
  if (etag.empty() || etag == row.identity_etag) return;
  throw ApiError(error_names::precondition_failed,
                 fmt::format("Precondition failed: etag mismatch for '{}'.", row.key.text()));
}

}  // namespace fwctl::localhub
