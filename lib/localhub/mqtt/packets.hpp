#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "fwctl/base/error.hpp"

/// The part of MQTT 3.1.1 (OASIS standard) that a hub's devices speak: bytes to packets and back, no sockets.
namespace fwctl::localhub::mqtt {

struct Connect {
  std::string protocol;  // "MQTT"
  int level = 0;         // 4
  bool clean_session = false;
  std::uint16_t keep_alive_s = 0;
  std::string client_id;
  std::string username;
  std::string password;
  std::string will_topic;  // empty: no will
};

struct Publish {
  std::string topic;
  std::string payload;
  int qos = 0;
  std::uint16_t packet_id = 0;  // with QoS 1 and 2
};

struct Subscribe {
  std::uint16_t packet_id = 0;
  std::vector<std::pair<std::string, int>> filters;  // filter, QoS asked for
};

struct Unsubscribe {
  std::uint16_t packet_id = 0;
  std::vector<std::string> filters;
};

struct Acknowledge {};  // PUBACK: nothing of ours waits for one
struct Ping {};
struct Disconnect {};

using Packet = std::variant<Connect, Publish, Subscribe, Unsubscribe, Acknowledge, Ping, Disconnect>;

/// The peer does not speak MQTT 3.1.1, or a packet is larger than the hub takes: the connection is to be closed.
class ProtocolViolation : public Error {
 public:
  using Error::Error;
};

/// The largest packet, its header not counted.
inline constexpr std::size_t largest_packet = 512U * 1024;

/// Takes bytes in pieces of any size and gives whole packets.
class Decoder {
 public:
  void feed(std::string_view bytes) { buffer_.append(bytes); }

  /// nullopt: more bytes are needed. Throws ProtocolViolation.
  std::optional<Packet> next();

 private:
  std::string buffer_;
};

std::string encode_connack(bool session_present, int return_code);
std::string encode_publish(std::string_view topic, std::string_view payload);  // QoS 0
std::string encode_puback(std::uint16_t packet_id);
std::string encode_suback(std::uint16_t packet_id, const std::vector<std::uint8_t>& codes);
std::string encode_unsuback(std::uint16_t packet_id);
std::string encode_pingresp();

}  // namespace fwctl::localhub::mqtt
