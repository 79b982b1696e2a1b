#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "lib/localhub/api_error.hpp"
#include "lib/localhub/devices/sessions.hpp"

namespace fwctl::localhub {

/// A direct method: what is asked of a device.
struct MethodCall {
  std::string name;
  std::string payload = "null";  // JSON text
  std::chrono::seconds response_timeout{30};
  std::chrono::seconds connect_timeout{0};  // 0: the device must be there now
};

/// Of the body {methodName, payload, responseTimeoutInSeconds, connectTimeoutInSeconds}. Throws ApiError.
MethodCall read_method_call(const Json& body);

/// What the device answered: its own status, and JSON text.
struct MethodAnswer {
  int status = 0;
  std::string payload = "null";
};

/// Calls that wait for their device: first to connect and subscribe, then to answer.
class Methods {
 public:
  using Outcome = std::variant<MethodAnswer, ApiError>;
  using Done = std::function<void(const Outcome&)>;

  Methods(Core& core, Sessions& sessions) : core_(core), sessions_(sessions) {}

  /// `done` is called exactly once: at once for a device that is not there and need not be waited for (404
  /// DeviceNotOnline), else later, out of another call of the hub: with the answer, or 504 when its time is over.
  void invoke(const TwinKey& key, const MethodCall& call, Done done);

  /// A device's `$iothub/methods/res/{status}/?$rid={rid}`. False: the topic is malformed, or the
  /// payload larger than a method's may be.
  bool answer(ConnectionId connection, std::string_view status_and_query, std::string_view payload);
  void on_listening(const TwinKey& key);
  void on_gone(ConnectionId connection);

  std::optional<Time> next_due() const;
  void run_due();

 private:
  struct Pending {
    TwinKey key;
    MethodCall call;
    std::optional<ConnectionId> connection;  // where it was sent
    Time deadline;
    Done done;
  };
  using Id = std::uint64_t;
  using Calls = std::map<Id, Pending>;
  Calls::iterator find(const std::string& rid);
  void send(Id id, ConnectionId connection);
  void set_deadline(Id id, Time deadline);
  void finish(Id id, const Outcome& outcome);

  Core& core_;
  Sessions& sessions_;
  Id last_ = 0;
  Calls pending_;
  std::set<std::pair<Time, Id>> deadlines_;  // soonest first
};

}  // namespace fwctl::localhub
