#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fwctl/localhub/hub.hpp"
#include "lib/localhub/core.hpp"
#include "lib/localhub/devices/device_login.hpp"
#include "lib/localhub/json.hpp"

namespace fwctl::localhub {

/// Who is connected, until when its token lasts, and what it has subscribed to. Subscriptions of clean session 0 are in
/// the store: the Node and Python SDKs never subscribe again after a reconnect.
class Sessions {
 public:
  Sessions(Core& core, const Policies& policies);

  ConnectAnswer connect(const ConnectRequest& request);
  void disconnect(ConnectionId connection, bool said_so);
  std::optional<std::vector<std::uint8_t>> subscribe(ConnectionId connection,
                                                     const std::vector<Hub::Subscription>& subscriptions);
  void unsubscribe(ConnectionId connection, const std::vector<std::string>& filters);

  struct Session {
    TwinKey key;
    bool clean = false;
    Time expires;
    std::string api_version;
    std::string will_topic;
  };
  /// A live connection's, or nullptr.
  const Session* find(ConnectionId connection) const;
  /// The connection of a device or module that is there and has subscribed to the filter.
  std::optional<ConnectionId> listening(const TwinKey& key, const char* filter) const;

  void send(ConnectionId connection, std::string topic, std::string payload);
  void notify_desired(const TwinKey& key, std::int64_t version, const Json& patch);
  /// Ends the connections of the device and its modules that may no longer be there: disabled, or deleted.
  void drop_unless_allowed(const std::string& device_id);
  void close(ConnectionId connection);
  /// False: there is no such connection.
  bool close_device(const TwinKey& key);

  std::optional<Time> next_expiry() const;
  void drop_expired();

  /// Called when a connection begins or subscribes, and when one has ended: method calls wait for both.
  std::function<void(const TwinKey&)> on_listening = [](const TwinKey&) {};
  std::function<void(ConnectionId)> on_gone = [](ConnectionId) {};

 private:
  /// Whether there was a session to go on with.
  bool keep_subscriptions(const ConnectRequest& request);
  void keep_subscription(const TwinKey& key, const std::string& filter, int qos);
  void remember_model(const Login& login);
  void push_desired(const TwinKey& key);
  std::optional<std::uint8_t> subscribe(const TwinKey& key, const Hub::Subscription& wanted);
  std::chrono::seconds grace() const { return std::chrono::seconds{core_.switches.expiry_grace_s}; }
  void forget_subscriptions(const std::string& client_id);
  std::int64_t subscription_count(const std::string& client_id) const;
  bool subscribed(const TwinKey& key, const char* filter) const;

  Core& core_;
  const Policies& policies_;
  ConnectionId last_ = 0;
  std::map<ConnectionId, Session> sessions_;
  std::map<TwinKey, ConnectionId> by_key_;
  std::set<std::pair<Time, ConnectionId>> expiries_;  // soonest first
};

}  // namespace fwctl::localhub
