#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fwctl::device {

/// What CONNECT carries. The password is a token: never to be shown.
struct MqttLogin {
  std::string client_id;
  std::string user_name;
  std::string password;
};

/// Why a connection ended, or did not come about.
struct LinkLoss {
  enum class Kind {
    broken,     // network, time-out, the other side closed
    refused,    // CONNACK with another code than 0
    untrusted,  // the server's certificate does not verify
  };
  Kind kind = Kind::broken;
  int connack = 0;  // when refused; 5: credentials or identity
  std::string text;
};

/// Told by a link, never from within a call into it.
class MqttEvents {
 public:
  virtual ~MqttEvents() = default;
  virtual void on_connected() = 0;  // CONNACK 0
  virtual void on_lost(const LinkLoss& loss) = 0;
  virtual void on_subscribed(const std::vector<int>& granted) = 0;  // one code a filter; 128 and above: refused
  virtual void on_message(std::string_view topic, std::string_view payload) = 0;
};

/// One MQTT 3.1.1 connection, QoS 0, clean session 0. After on_lost() or close() it may be opened again.
class MqttLink {
 public:
  virtual ~MqttLink() = default;
  virtual void open(const MqttLogin& login, MqttEvents& events) = 0;
  /// Says DISCONNECT if it can. No event follows.
  virtual void close() = 0;
  virtual void subscribe(const std::vector<std::string>& filters) = 0;
  virtual void publish(const std::string& topic, const std::string& payload) = 0;
};

}  // namespace fwctl::device
