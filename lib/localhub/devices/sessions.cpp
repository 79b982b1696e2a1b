#include "lib/localhub/devices/sessions.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lib/localhub/devices/telemetry.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {
namespace {

constexpr int accepted = 0;
constexpr std::int64_t most_subscriptions = 5;
/// Among the stored filters it stands for the session itself, which may have none.
constexpr const char* no_filter = "";

bool known_filter(const std::string& filter, const TwinKey& key) {
  if (filter == wire::twin_responses || filter == wire::desired_updates || filter == wire::method_calls) return true;
  if (key.module_id.empty()) return filter == fmt::format("devices/{}/messages/devicebound/#", key.device_id);
  const std::string own = fmt::format("devices/{}/modules/{}/", key.device_id, key.module_id);
  return filter == own + "inputs/#" || filter == own + "#";
}

/// A will is telemetry and nothing else.
bool good_will(const ConnectRequest& request, const TwinKey& key) {
  return request.will_topic.empty() || is_telemetry_topic(key, request.will_topic);
}

}  // namespace

Sessions::Sessions(Core& core, const Policies& policies) : core_(core), policies_(policies) {
  core_.database.execute("UPDATE twins SET connection_state = 'Disconnected' WHERE connection_state = 'Connected'");
  // What a clean session left when the hub was killed.
  core_.database.execute(
      "DELETE FROM subscriptions WHERE client_id NOT IN (SELECT client_id FROM subscriptions WHERE filter = '')");
}

ConnectAnswer Sessions::connect(const ConnectRequest& request) {
  const auto login = check_login(core_, policies_, request);
  if (!login || !good_will(request, login->key)) return {};
  close_device(login->key);  // the newer connection wins
  const bool present = keep_subscriptions(request);
  const ConnectionId connection = ++last_;
  sessions_[connection] = {login->key, request.clean_session, login->expires, login->api_version, request.will_topic};
  by_key_[login->key] = connection;
  expiries_.emplace(login->expires, connection);
  save_connection_state(core_.database, login->key, "Connected", core_.now_text());
  remember_model(*login);
  if (core_.switches.push_desired) push_desired(login->key);
  on_listening(login->key);
  return {accepted, present, connection};
}

void Sessions::push_desired(const TwinKey& key) {
  if (!subscribed(key, wire::desired_updates)) return;
  const TwinRow row = load_known_twin(core_.database, key);
  core_.counters.add("fault.pushDesired");
  notify_desired(key, row.desired_version, Json::parse(row.desired.values));
}

void Sessions::remember_model(const Login& login) {
  if (login.model_id.empty()) return;
  core_.database.prepare("UPDATE twins SET model_id = ?3 WHERE device_id = ?1 AND module_id = ?2")
      .bind_all(login.key.device_id, login.key.module_id, login.model_id)
      .run();
}

bool Sessions::keep_subscriptions(const ConnectRequest& request) {
  if (request.clean_session) {
    forget_subscriptions(request.client_id);
    return false;
  }
  const TwinKey key = TwinKey::from_text(request.client_id);
  const bool present = subscribed(key, no_filter);
  if (!present) keep_subscription(key, no_filter, 0);
  return present;
}

void Sessions::keep_subscription(const TwinKey& key, const std::string& filter, int qos) {
  core_.database.prepare("INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?)")
      .bind_all(key.text(), filter, std::int64_t{qos})
      .run();
}

void Sessions::forget_subscriptions(const std::string& client_id) {
  core_.database.prepare("DELETE FROM subscriptions WHERE client_id = ?").bind_all(client_id).run();
}

void Sessions::disconnect(ConnectionId connection, bool said_so) {
  const auto found = sessions_.find(connection);
  if (found == sessions_.end()) return;
  const Session session = found->second;
  sessions_.erase(found);
  by_key_.erase(session.key);
  expiries_.erase({session.expires, connection});
  if (session.clean) forget_subscriptions(session.key.text());
  if (!said_so && !session.will_topic.empty()) core_.counters.add(telemetry_counter);
  save_connection_state(core_.database, session.key, "Disconnected", core_.now_text());
  on_gone(connection);
}

std::optional<std::vector<std::uint8_t>> Sessions::subscribe(ConnectionId connection,
                                                             const std::vector<Hub::Subscription>& subscriptions) {
  const Session* session = find(connection);
  if (session == nullptr) return std::nullopt;
  std::vector<std::uint8_t> granted;
  Transaction transaction(core_.database);  // of what is refused nothing is kept
  for (const Hub::Subscription& wanted : subscriptions) {
    const auto code = subscribe(session->key, wanted);
    if (!code) return std::nullopt;
    granted.push_back(*code);
  }
  if (subscription_count(session->key.text()) > most_subscriptions) return std::nullopt;
  transaction.commit();
  on_listening(session->key);
  return granted;
}

std::optional<std::uint8_t> Sessions::subscribe(const TwinKey& key, const Hub::Subscription& wanted) {
  constexpr std::uint8_t failure = 0x80;
  if (known_filter(wanted.filter, key)) {
    const int qos = std::min(wanted.qos, 1);
    keep_subscription(key, wanted.filter, qos);
    return static_cast<std::uint8_t>(qos);
  }
  if (!core_.switches.unknown_filter_suback) return std::nullopt;
  core_.counters.add("fault.unknownFilterSuback");
  return failure;
}

void Sessions::unsubscribe(ConnectionId connection, const std::vector<std::string>& filters) {
  const Session* session = find(connection);
  if (session == nullptr) return;
  for (const std::string& filter : filters) {
    core_.database.prepare("DELETE FROM subscriptions WHERE client_id = ? AND filter = ?")
        .bind_all(session->key.text(), filter)
        .run();
  }
}

std::int64_t Sessions::subscription_count(const std::string& client_id) const {
  Statement row = core_.database.prepare("SELECT COUNT(*) FROM subscriptions WHERE client_id = ? AND filter <> ?");
  row.bind_all(client_id, std::string(no_filter)).step();
  return row.integer(0);
}

const Sessions::Session* Sessions::find(ConnectionId connection) const {
  const auto found = sessions_.find(connection);
  return found == sessions_.end() ? nullptr : &found->second;
}

std::optional<ConnectionId> Sessions::listening(const TwinKey& key, const char* filter) const {
  const auto found = by_key_.find(key);
  if (found == by_key_.end() || !subscribed(key, filter)) return std::nullopt;
  return found->second;
}

bool Sessions::subscribed(const TwinKey& key, const char* filter) const {
  Statement row = core_.database.prepare("SELECT 1 FROM subscriptions WHERE client_id = ? AND filter = ?");
  return row.bind_all(key.text(), std::string(filter)).step();
}

void Sessions::send(ConnectionId connection, std::string topic, std::string payload) {
  core_.effects.push_back({Effect::Kind::publish, connection, std::move(topic), std::move(payload)});
}

void Sessions::notify_desired(const TwinKey& key, std::int64_t version, const Json& patch) {
  const auto connection = listening(key, wire::desired_updates);
  if (!connection) return;
  Json notification = patch;
  notification["$version"] = version;
  send(*connection, fmt::format("{}?$version={}", wire::desired_update, version), notification.dump());
}

void Sessions::close(ConnectionId connection) {
  core_.effects.push_back({Effect::Kind::close, connection, {}, {}});
  disconnect(connection, /*said_so=*/false);
}

void Sessions::drop_unless_allowed(const std::string& device_id) {
  const auto device = load_twin(core_.database, TwinKey{device_id});
  const bool allowed = device && device->status == "enabled";
  std::vector<ConnectionId> gone;
  for (auto at = by_key_.lower_bound(TwinKey{device_id}); at != by_key_.end() && at->first.device_id == device_id;
       ++at) {
    if (!allowed || !load_twin(core_.database, at->first)) gone.push_back(at->second);
  }
  for (const ConnectionId connection : gone) close(connection);
}

bool Sessions::close_device(const TwinKey& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return false;
  close(found->second);
  return true;
}

std::optional<Time> Sessions::next_expiry() const {
  if (expiries_.empty()) return std::nullopt;
  return expiries_.begin()->first + grace();
}

void Sessions::drop_expired() {
  while (!expiries_.empty() && expiries_.begin()->first + grace() <= core_.clock.now())
    close(expiries_.begin()->second);
}

}  // namespace fwctl::localhub
