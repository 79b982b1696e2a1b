#include "lib/localhub/twins/twin_text.hpp"

#include <fmt/core.h>

namespace fwctl::localhub {
namespace {

/// Members of a JSON object, one after the other; values are JSON texts.
class Members {
 public:
  void json(std::string_view name, std::string_view value) {
    text_ += text_.empty() ? "{\"" : ",\"";
    text_.append(name).append("\":").append(value);
  }
  void string(std::string_view name, const std::string& value) { json(name, Json(value).dump()); }
  void string_or_null(std::string_view name, const std::optional<std::string>& value) {
    value ? string(name, *value) : json(name, "null");
  }
  void json_if(std::string_view name, const std::optional<std::string>& value) {
    if (value) json(name, *value);
  }
  void number(std::string_view name, std::int64_t value) { json(name, std::to_string(value)); }
  std::string done() { return std::move(text_) + "}"; }

 private:
  std::string text_;
};

/// `{…}` with $metadata and $version behind the user's own members.
std::string section_text(const SectionText& section, std::int64_t version) {
  std::string_view body = section.values;
  body.remove_suffix(1);  // the brace
  return fmt::format(R"({}{}"$metadata":{},"$version":{}}})", body, body.size() > 1 ? "," : "", section.metadata,
                     version);
}

std::string thumbprint_text(const TwinRow& row) {
  const Json authentication = Json::parse(row.authentication);
  const Json* thumbprint = find_member(authentication, "x509Thumbprint");
  return thumbprint == nullptr ? R"({"primaryThumbprint":null,"secondaryThumbprint":null})" : thumbprint->dump();
}

void add_key(Members& members, const TwinKey& key) {
  members.string("deviceId", key.device_id);
  if (!key.module_id.empty()) members.string("moduleId", key.module_id);
}

void add_scopes(Members& members, const TwinRow& row) {
  if (row.device_scope) members.string("deviceScope", *row.device_scope);
  members.json_if("parentScopes", row.parent_scopes);
}

}  // namespace

std::string twin_text(const TwinRow& row) {
  Members twin;
  add_key(twin, row.key);
  twin.string("etag", row.etag());
  twin.string("deviceEtag", row.identity_etag);
  twin.string("status", row.status);
  twin.string_or_null("statusReason", row.status_reason);
  twin.string("statusUpdateTime", row.status_updated);
  twin.string("connectionState", row.connection_state);
  twin.string("lastActivityTime", row.last_activity);
  twin.number("cloudToDeviceMessageCount", 0);
  twin.string("authenticationType", row.authentication_type);
  twin.json("x509Thumbprint", thumbprint_text(row));
  twin.string("modelId", row.model_id);
  twin.number("version", row.version);
  twin.json_if("tags", row.tags);
  twin.json("properties",
            fmt::format(R"({{"desired":{},"reported":{}}})", section_text(row.desired, row.desired_version),
                        section_text(row.reported, row.reported_version)));
  if (row.key.module_id.empty()) twin.json("capabilities", row.capabilities);
  if (row.configurations && *row.configurations != "{}") twin.json("configurations", *row.configurations);
  add_scopes(twin, row);
  return twin.done();
}

std::string identity_text(const TwinRow& row) {
  const bool module = !row.key.module_id.empty();
  Members identity;
  add_key(identity, row.key);
  if (module) identity.string_or_null("managedBy", row.managed_by);
  identity.string("generationId", row.generation_id);
  identity.string("etag", row.identity_etag);
  identity.string("connectionState", row.connection_state);
  if (!module) {
    identity.string("status", row.status);
    identity.string_or_null("statusReason", row.status_reason);
  }
  identity.string("connectionStateUpdatedTime", row.connection_state_updated);
  if (!module) identity.string("statusUpdatedTime", row.status_updated);
  identity.string("lastActivityTime", row.last_activity);
  identity.number("cloudToDeviceMessageCount", 0);
  identity.json("authentication", row.authentication);
  if (!module) identity.json("capabilities", row.capabilities);
  add_scopes(identity, row);
  return identity.done();
}

}  // namespace fwctl::localhub
