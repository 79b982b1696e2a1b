#include "lib/localhub/devices/device_login.hpp"

#include <fmt/core.h>

#include "fwctl/base/url.hpp"
#include "lib/localhub/sas_token.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {
namespace {

/// `{host}/{client id}/?api-version=…`, or the older form without the question mark.
struct UserName {
  std::string host;
  std::string_view rest;  // behind the host
};

UserName take_apart(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  return {plain_host(text.substr(0, slash)), text.substr(slash + 1)};
}

/// What stands behind the client id, as a query: `api-version=…&model-id=…`. nullopt: another client is named, which
/// may be a module of this device.
std::optional<std::map<std::string, std::string>> parameters(const UserName& user, const std::string& client_id) {
  if (user.rest != client_id && !user.rest.starts_with(client_id + "/")) return std::nullopt;
  std::string_view query = user.rest.substr(std::min(user.rest.size(), client_id.size() + 1));
  const std::string_view segment = query.substr(0, query.find('/'));
  const bool is_query = segment.empty() || segment.front() == '?' || segment.find('=') != std::string_view::npos;
  if (!is_query) return std::nullopt;
  if (query.starts_with('?')) query.remove_prefix(1);
  return parse_target("?" + std::string(query)).query;
}

std::vector<std::string> keys_of(const TwinRow& row) {
  const Json authentication = Json::parse(row.authentication);
  const Json* key = find_member(authentication, "symmetricKey");
  std::vector<std::string> keys;
  for (const char* name : {"primaryKey", "secondaryKey"}) {
    const Json* text = key == nullptr ? nullptr : find_member(*key, name);
    if (text != nullptr && text->is_string()) keys.push_back(text->get<std::string>());
  }
  return keys;
}

std::string resource_of(const TwinKey& key) {
  return key.module_id.empty() ? "devices/" + key.device_id
                               : fmt::format("devices/{}/modules/{}", key.device_id, key.module_id);
}

bool is_enabled(const Database& database, const TwinKey& key) {
  const auto device = load_twin(database, TwinKey{key.device_id});
  return device && device->status == "enabled";
}

}  // namespace

std::optional<Login> check_login(const Core& core, const Policies& policies, const ConnectRequest& request) {
  const UserName user = take_apart(request.username);
  const TwinKey key = TwinKey::from_text(request.client_id);
  auto named = parameters(user, request.client_id);
  if (!core.is_our_host(user.host) || !named) return std::nullopt;
  const auto row = load_twin(core.database, key);
  const auto token = parse_sas_token(request.password);
  if (!row || !is_enabled(core.database, key) || !token || !core.is_our_host(token->host)) return std::nullopt;

  const std::string own = resource_of(key);
  const bool own_token = token->policy.empty() && token->path == own && signed_by(*token, keys_of(*row));
  const bool policy_token = covers(*token, own) && policies.signed_with(*token, Permission::device_connect);
  const Time expires = from_unix(token->expires_s);
  const bool good_token = (own_token || policy_token) && expires > core.clock.now();
  const std::string model = (*named)[wire::model_id];
  if (!good_token || !is_utf8(model)) return std::nullopt;
  return Login{key, expires, (*named)[wire::api_version], model};
}

}  // namespace fwctl::localhub
