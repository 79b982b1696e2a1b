#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fwctl/base/clock.hpp"
#include "fwctl/base/http.hpp"
#include "fwctl/localhub/switches.hpp"

namespace fwctl::localhub {

/// What the stand-in is told about itself.
struct HubOptions {
  /// The store's file, or ":memory:" for one that dies with the hub.
  std::string database = ":memory:";
  /// Host names that a token may be signed for, compared without case and with or without a port.
  std::vector<std::string> host_names{"localhost"};
  /// Base64 key that the five default policies share on first start; empty: random keys, one a policy.
  std::string owner_key{};
  /// Quotas and faults to begin with.
  Switches switches{};
  /// Carries out long reads beside the hub's thread, so that they hold nobody up: runs `work` on any thread, and then
  /// what it returned on the hub's thread. Empty, as it must be with ":memory:": they are carried out at once.
  using RunAside = std::function<void(std::function<std::function<void()>()> work)>;
  RunAside run_aside{};
};

/// How a response is to reach the client; the hub decides it, a front end carries it out.
struct Delivery {
  enum class Cut { none, drop, truncate };
  Ticks delay{0};                     // before its first byte
  Cut cut = Cut::none;                // drop: close without a byte; truncate: close in the middle of the body
  std::int64_t bytes_per_second = 0;  // of a body that drips; 0: as fast as the line
};

/// What a device says when it connects over MQTT.
struct ConnectRequest {
  std::string client_id;
  std::string username;
  std::string password;
  bool clean_session = false;
  /// Topic of the will, empty for none. It counts as telemetry when the connection ends without DISCONNECT.
  std::string will_topic{};
};

/// Names one live connection of one device. Never reused while the hub lives.
using ConnectionId = std::uint64_t;

struct ConnectAnswer {
  static constexpr int no_answer = -1;
  /// CONNACK of MQTT 3.1.1: 0 accepted, 3 unavailable, 5 not authorised; no_answer: throttled, close without one.
  int return_code = 5;
  bool session_present = false;
  ConnectionId connection = 0;  // valid when accepted
};

/// Something the hub wants done on a connection. The hub says it; a front end (or a test) does it.
struct Effect {
  enum class Kind { publish, packet, close };
  Kind kind = Kind::publish;
  ConnectionId connection = 0;
  std::string topic;
  std::string payload;  // of a packet: all its bytes
};

/// A stand-in IoT Hub: requests to responses, device messages to device messages, on a clock that is handed in.
///
/// Owns no thread, no socket and no timer: call it from one thread, carry out `take_effects()` after every call, and
/// call `run_due()` when the clock reaches `next_due()`. What was answered is committed to the store: a process that
/// is killed loses nothing that it acknowledged.
///
/// Source: the wire and its rules are those of the real service, with the answers that are not public chosen as the
/// README of this room says.
class Hub {
 public:
  /// Opens or creates the store. Throws Error when it can't be opened or was made by a newer version.
  Hub(HubOptions options, const Clock& clock);
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  /// Base64 primary key of a shared access policy, e.g. "iothubowner"; throws Error for an unknown one.
  std::string policy_key(std::string_view policy) const;

  /// Answers one service request; the token in it is verified first. `respond` is called exactly once, before
  /// this returns or, where the answer has to wait for a device, out of a later call.
  using Respond = std::function<void(HttpResponse, const Delivery&)>;
  void handle(const HttpRequest& request, Respond respond);
  /// The answer to what never became a request, e.g. for 413 one that is too large.
  HttpResponse refusal(int status) const;

  /// A device connects. An older connection of the same device is closed by an effect.
  ConnectAnswer connect(const ConnectRequest& request);
  /// The connection is gone, whoever ended it; `said_so`: by a DISCONNECT of the device. Unknown ids are ignored.
  void disconnect(ConnectionId connection, bool said_so = false);

  struct Subscription {
    std::string filter;
    int qos = 0;
  };
  /// One SUBACK code a filter, in order; nullopt: the hub closes the connection instead (unknown filter, too many).
  std::optional<std::vector<std::uint8_t>> subscribe(ConnectionId connection,
                                                     const std::vector<Subscription>& subscriptions);
  void unsubscribe(ConnectionId connection, const std::vector<std::string>& filters);
  /// True: a fault makes this SUBACK late; the hub sends it by an effect when it is due.
  bool postpone_suback(ConnectionId connection, const std::string& packet);
  /// For each packet of a connected device. True: a fault kills the connection silently. It is neither heard nor
  /// answered from now on, yet stays open.
  bool falls_silent();

  /// A device's PUBLISH. False: the hub closes the connection (QoS 2, unknown topic). Answers come as effects.
  bool publish(ConnectionId connection, std::string_view topic, std::string_view payload, int qos);

  /// What is to be done on connections since the last call, in order.
  std::vector<Effect> take_effects();

  /// The switches as they are, and from now on others. Throws Error when one is out of range, and nothing changes then.
  const Switches& switches() const;
  void set_switches(const Switches& switches);
  /// What happened since the start, by name: `telemetry`, `fault.<switch>`, `throttled.<operation>`, `requests`.
  const std::map<std::string, std::uint64_t>& counters() const;
  /// Closes the connection of a device, `id` or `id/module`. False: it has none.
  bool disconnect_device(std::string_view client_id);

  /// When run_due() next has work; nullopt: never, as things stand.
  std::optional<Time> next_due() const;
  /// Does a bounded slice of the work that is due: jobs, configurations, expired tokens. Call again while next_due()
  /// has passed; other requests are served in between.
  void run_due();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fwctl::localhub
