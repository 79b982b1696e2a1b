#include "lib/localhub/devices/sessions.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lib/localhub/sas_token.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {
namespace {

constexpr int accepted = 0;
constexpr std::int64_t most_subscriptions = 5;
constexpr std::chrono::seconds expiry_grace{60};

bool known_filter(const std::string& filter, const std::string& device_id) {
  return filter == wire::twin_responses || filter == wire::desired_updates || filter == wire::method_calls ||
         filter == fmt::format("devices/{}/messages/devicebound/#", device_id);
}

/// `{host}/{device}/?api-version=…`, or the older form without the question mark.
bool username_names(std::string_view username, const std::string& device_id) {
  const std::size_t slash = username.find('/');
  if (slash == std::string_view::npos) return false;
  username.remove_prefix(slash + 1);
  return username == device_id || username.starts_with(device_id + "/");
}

std::vector<std::string> device_keys(const TwinRow& row) {
  const Json* key = find_member(row.authentication, "symmetricKey");
  std::vector<std::string> keys;
  for (const char* name : {"primaryKey", "secondaryKey"}) {
    const Json* text = key == nullptr ? nullptr : find_member(*key, name);
    if (text != nullptr && text->is_string()) keys.push_back(text->get<std::string>());
  }
  return keys;
}

}  // namespace

Sessions::Sessions(Core& core, const Policies& policies) : core_(core), policies_(policies) {
  core_.database.execute("UPDATE twins SET connection_state = 'Disconnected' WHERE connection_state = 'Connected'");
}

std::optional<Time> Sessions::authenticate(const ConnectRequest& request) const {
  const std::size_t slash = request.username.find('/');
  const std::string host = plain_host(std::string_view(request.username).substr(0, slash));
  if (!core_.is_our_host(host) || !username_names(request.username, request.client_id)) return std::nullopt;
  const auto row = load_twin(core_.database, request.client_id);
  const auto token = parse_sas_token(request.password);
  if (!row || row->status != "enabled" || !token || !core_.is_our_host(token->host)) return std::nullopt;

  const std::string own = "devices/" + request.client_id;
  const bool own_token = token->policy.empty() && (token->path == own || token->path.starts_with(own + "/")) &&
                         signed_by(*token, device_keys(*row));
  const bool policy_token = covers(*token, own) && policies_.signed_with(*token, Permission::device_connect);
  const Time expires = from_unix(token->expires_s) + expiry_grace;
  if ((!own_token && !policy_token) || expires <= core_.clock.now()) return std::nullopt;
  return expires;
}

ConnectAnswer Sessions::connect(const ConnectRequest& request) {
  const auto expires = authenticate(request);
  if (!expires) return {};
  drop(request.client_id);
  const bool present = keep_subscriptions(request);
  const ConnectionId connection = ++last_;
  sessions_[connection] = {request.client_id, request.clean_session, *expires};
  by_device_[request.client_id] = connection;
  expiries_.emplace(*expires, connection);
  save_connection_state(core_.database, request.client_id, "Connected", core_.now_text());
  return {accepted, present, connection};
}

bool Sessions::keep_subscriptions(const ConnectRequest& request) {
  if (!request.clean_session) return subscription_count(request.client_id) > 0;
  core_.database.prepare("DELETE FROM subscriptions WHERE device_id = ?").bind_all(request.client_id).run();
  return false;
}

void Sessions::disconnect(ConnectionId connection) {
  const auto found = sessions_.find(connection);
  if (found == sessions_.end()) return;
  const Session session = found->second;
  sessions_.erase(found);
  by_device_.erase(session.device_id);
  expiries_.erase({session.expires, connection});
  if (session.clean) {
    core_.database.prepare("DELETE FROM subscriptions WHERE device_id = ?").bind_all(session.device_id).run();
  }
  save_connection_state(core_.database, session.device_id, "Disconnected", core_.now_text());
}

std::optional<std::vector<std::uint8_t>> Sessions::subscribe(ConnectionId connection,
                                                             const std::vector<Hub::Subscription>& subscriptions) {
  const auto device = device_of(connection);
  if (!device) return std::nullopt;
  std::vector<std::uint8_t> granted;
  for (const Hub::Subscription& wanted : subscriptions) {
    if (!known_filter(wanted.filter, *device)) return std::nullopt;
    const int qos = std::min(wanted.qos, 1);
    core_.database.prepare("INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?)")
        .bind_all(*device, wanted.filter, std::int64_t{qos})
        .run();
    granted.push_back(static_cast<std::uint8_t>(qos));
  }
  if (subscription_count(*device) > most_subscriptions) return std::nullopt;
  return granted;
}

void Sessions::unsubscribe(ConnectionId connection, const std::vector<std::string>& filters) {
  const auto device = device_of(connection);
  if (!device) return;
  for (const std::string& filter : filters) {
    core_.database.prepare("DELETE FROM subscriptions WHERE device_id = ? AND filter = ?")
        .bind_all(*device, filter)
        .run();
  }
}

std::int64_t Sessions::subscription_count(const std::string& device_id) const {
  Statement row = core_.database.prepare("SELECT COUNT(*) FROM subscriptions WHERE device_id = ?");
  row.bind_all(device_id).step();
  return row.integer(0);
}

std::optional<std::string> Sessions::device_of(ConnectionId connection) const {
  const auto found = sessions_.find(connection);
  if (found == sessions_.end()) return std::nullopt;
  return found->second.device_id;
}

bool Sessions::subscribed(const std::string& device_id, const char* filter) const {
  Statement row = core_.database.prepare("SELECT 1 FROM subscriptions WHERE device_id = ? AND filter = ?");
  return row.bind_all(device_id, std::string(filter)).step();
}

void Sessions::send(ConnectionId connection, std::string topic, std::string payload) {
  core_.effects.push_back({Effect::Kind::publish, connection, std::move(topic), std::move(payload)});
}

void Sessions::notify_desired(const std::string& device_id, std::int64_t version, const Json& patch) {
  const auto found = by_device_.find(device_id);
  if (found == by_device_.end() || !subscribed(device_id, wire::desired_updates)) return;
  Json notification = patch;
  notification["$version"] = version;
  send(found->second, fmt::format("{}?$version={}", wire::desired_update, version), notification.dump());
}

void Sessions::close(ConnectionId connection) {
  core_.effects.push_back({Effect::Kind::close, connection, {}, {}});
  disconnect(connection);
}

void Sessions::drop(const std::string& device_id) {
  const auto found = by_device_.find(device_id);
  if (found != by_device_.end()) close(found->second);
}

std::optional<Time> Sessions::next_expiry() const {
  if (expiries_.empty()) return std::nullopt;
  return expiries_.begin()->first;
}

void Sessions::drop_expired() {
  while (!expiries_.empty() && expiries_.begin()->first <= core_.clock.now()) close(expiries_.begin()->second);
}

}  // namespace fwctl::localhub
