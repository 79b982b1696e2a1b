#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fwctl/localhub/hub.hpp"
#include "lib/localhub/core.hpp"
#include "lib/localhub/json.hpp"
#include "lib/localhub/policies.hpp"
#include "lib/localhub/twins/twin_row.hpp"

namespace fwctl::localhub {

/// Who is connected, until when its token lasts, and what it has subscribed to. Subscriptions of clean session 0 are in
/// the store: the Node and Python SDKs never subscribe again after a reconnect.
class Sessions {
 public:
  Sessions(Core& core, const Policies& policies);

  ConnectAnswer connect(const ConnectRequest& request);
  void disconnect(ConnectionId connection);
  std::optional<std::vector<std::uint8_t>> subscribe(ConnectionId connection,
                                                     const std::vector<Hub::Subscription>& subscriptions);
  void unsubscribe(ConnectionId connection, const std::vector<std::string>& filters);

  /// The device of a live connection.
  std::optional<std::string> device_of(ConnectionId connection) const;
  bool subscribed(const std::string& device_id, const char* filter) const;

  void send(ConnectionId connection, std::string topic, std::string payload);
  void notify_desired(const std::string& device_id, std::int64_t version, const Json& patch);
  /// Ends the device's connection, if it has one: it was disabled, deleted, or given other keys.
  void drop(const std::string& device_id);

  std::optional<Time> next_expiry() const;
  void drop_expired();

 private:
  struct Session {
    std::string device_id;
    bool clean = false;
    Time expires;
  };
  std::optional<Time> authenticate(const ConnectRequest& request) const;
  bool keep_subscriptions(const ConnectRequest& request);
  void close(ConnectionId connection);
  std::int64_t subscription_count(const std::string& device_id) const;

  Core& core_;
  const Policies& policies_;
  ConnectionId last_ = 0;
  std::map<ConnectionId, Session> sessions_;
  std::map<std::string, ConnectionId> by_device_;
  std::set<std::pair<Time, ConnectionId>> expiries_;  // soonest first
};

}  // namespace fwctl::localhub
