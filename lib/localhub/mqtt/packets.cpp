#include "lib/localhub/mqtt/packets.hpp"

#include <algorithm>

#include "lib/localhub/json.hpp"

namespace fwctl::localhub::mqtt {
namespace {

enum Type { connect = 1, publish = 3, puback = 4, subscribe = 8, unsubscribe = 10, pingreq = 12, disconnect = 14 };

/// Takes fields from the front of a packet's body.
class Fields {
 public:
  explicit Fields(std::string_view body) : rest_(body) {}

  std::uint8_t byte() { return static_cast<std::uint8_t>(take(1)[0]); }

  std::uint16_t number() {
    const std::string_view bytes = take(2);
    return static_cast<std::uint16_t>((static_cast<unsigned char>(bytes[0]) << 8) |
                                      static_cast<unsigned char>(bytes[1]));
  }

  std::uint16_t packet_id() {
    const std::uint16_t id = number();
    if (id == 0) throw ProtocolViolation("a packet id is 0");
    return id;
  }

  std::string binary() { return std::string(take(number())); }

  std::string text() {
    std::string value = binary();
    if (value.find('\0') != std::string::npos) throw ProtocolViolation("a string holds U+0000");
    if (!is_utf8(value)) throw ProtocolViolation("a string is not UTF-8");
    return value;
  }

  std::string rest() { return std::string(take(rest_.size())); }
  bool done() const { return rest_.empty(); }
  void end() const {
    if (!done()) throw ProtocolViolation("a packet goes on behind its last field");
  }

 private:
  std::string_view take(std::size_t count) {
    if (rest_.size() < count) throw ProtocolViolation("a packet ends in the middle of a field");
    const std::string_view field = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return field;
  }

  std::string_view rest_;
};

constexpr unsigned reserved_flag = 0x01;
constexpr unsigned clean_flag = 0x02;
constexpr unsigned will_flag = 0x04;
constexpr unsigned will_details = 0x38;  // its QoS and whether it is retained
constexpr unsigned will_qos_3 = 0x18;
constexpr unsigned password_flag = 0x40;
constexpr unsigned username_flag = 0x80;

void check_connect_flags(unsigned flags) {
  const auto has = [flags](unsigned wanted) { return (flags & wanted) != 0; };
  if (has(reserved_flag)) throw ProtocolViolation("CONNECT has its reserved flag set");
  if (!has(will_flag) && has(will_details)) throw ProtocolViolation("CONNECT says how to send a will that it has not");
  if ((flags & will_qos_3) == will_qos_3) throw ProtocolViolation("a will has QoS 3");
  if (has(password_flag) && !has(username_flag)) throw ProtocolViolation("CONNECT has a password without a user name");
}

Connect read_connect(Fields fields) {
  Connect packet;
  packet.protocol = fields.text();
  packet.level = fields.byte();
  const unsigned flags = fields.byte();
  check_connect_flags(flags);
  packet.clean_session = (flags & clean_flag) != 0;
  packet.keep_alive_s = fields.number();
  packet.client_id = fields.text();
  if ((flags & will_flag) != 0) {
    packet.will_topic = fields.text();
    fields.binary();  // its payload
  }
  if ((flags & username_flag) != 0) packet.username = fields.text();
  if ((flags & password_flag) != 0) packet.password = fields.binary();
  fields.end();
  return packet;
}

Publish read_publish(unsigned flags, Fields fields) {
  Publish packet;
  packet.qos = static_cast<int>((flags >> 1U) & 3U);
  if (packet.qos == 3) throw ProtocolViolation("PUBLISH has QoS 3");
  if (packet.qos == 0 && (flags & 8U) != 0) throw ProtocolViolation("PUBLISH of QoS 0 says that it is sent again");
  packet.topic = fields.text();
  if (packet.topic.empty() || packet.topic.find_first_of("#+") != std::string::npos) {
    throw ProtocolViolation("a topic is empty or holds a wildcard");
  }
  if (packet.qos > 0) packet.packet_id = fields.packet_id();
  packet.payload = fields.rest();
  return packet;
}

Subscribe read_subscribe(Fields fields) {
  Subscribe packet;
  packet.packet_id = fields.packet_id();
  while (!fields.done()) {
    std::string filter = fields.text();
    const int qos = fields.byte();
    if (qos > 2) throw ProtocolViolation("SUBSCRIBE asks for QoS 3 or more");
    packet.filters.emplace_back(std::move(filter), qos);
  }
  if (packet.filters.empty()) throw ProtocolViolation("SUBSCRIBE has no filter");
  return packet;
}

Unsubscribe read_unsubscribe(Fields fields) {
  Unsubscribe packet;
  packet.packet_id = fields.packet_id();
  while (!fields.done()) packet.filters.push_back(fields.text());
  if (packet.filters.empty()) throw ProtocolViolation("UNSUBSCRIBE has no filter");
  return packet;
}

Acknowledge read_acknowledge(Fields fields) {
  fields.packet_id();
  fields.end();
  return {};
}

template <typename Empty>
Empty read_empty(Fields fields) {
  fields.end();
  return {};
}

/// Known by its first byte: who speaks another protocol need not finish.
void check_first_byte(unsigned first) {
  const unsigned type = first >> 4U;
  const unsigned wanted = type == subscribe || type == unsubscribe ? 2 : 0;
  if (type != publish && (first & 0x0FU) != wanted) {
    throw ProtocolViolation("a packet has flags that its type does not have");
  }
}

Packet read_packet(unsigned first, std::string_view body) {
  const unsigned type = first >> 4U;
  if (type == publish) return read_publish(first & 0x0FU, Fields(body));
  switch (type) {
    case connect:
      return read_connect(Fields(body));
    case subscribe:
      return read_subscribe(Fields(body));
    case unsubscribe:
      return read_unsubscribe(Fields(body));
    case puback:
      return read_acknowledge(Fields(body));
    case pingreq:
      return read_empty<Ping>(Fields(body));
    case disconnect:
      return read_empty<Disconnect>(Fields(body));
    default:
      throw ProtocolViolation("a packet has a type that a device does not send");
  }
}

void append_number(std::string& out, std::size_t value) {
  out += static_cast<char>(value >> 8U);
  out += static_cast<char>(value & 0xFFU);
}

void append_length(std::string& out, std::size_t length) {
  do {
    const auto digit = static_cast<unsigned char>(length & 0x7FU);
    length >>= 7U;
    out += static_cast<char>(length > 0 ? digit | 0x80U : digit);
  } while (length > 0);
}

std::string with_id(unsigned char type, std::uint16_t packet_id) {
  std::string out{static_cast<char>(type), '\x02'};
  append_number(out, packet_id);
  return out;
}

}  // namespace

std::optional<Packet> Decoder::next() {
  if (!buffer_.empty()) check_first_byte(static_cast<unsigned char>(buffer_[0]));
  std::size_t length = 0;
  std::size_t at = 1;
  for (unsigned shift = 0;; shift += 7) {
    if (at >= buffer_.size()) return std::nullopt;
    if (shift > 21) throw ProtocolViolation("a packet's length has more than four bytes");
    const auto digit = static_cast<unsigned char>(buffer_[at++]);
    length |= std::size_t{digit & 0x7FU} << shift;
    if ((digit & 0x80U) == 0) break;
  }
  if (length > largest_packet) throw ProtocolViolation("a packet is larger than 512 KiB");
  if (buffer_.size() - at < length) return std::nullopt;
  Packet packet = read_packet(static_cast<unsigned char>(buffer_[0]), std::string_view(buffer_).substr(at, length));
  buffer_.erase(0, at + length);
  return packet;
}

std::string encode_connack(bool session_present, int return_code) {
  return {'\x20', '\x02', static_cast<char>(session_present ? 1 : 0), static_cast<char>(return_code)};
}

std::string encode_publish(std::string_view topic, std::string_view payload) {
  std::string out{'\x30'};
  append_length(out, 2 + topic.size() + payload.size());
  append_number(out, topic.size());
  out.append(topic).append(payload);
  return out;
}

std::string encode_puback(std::uint16_t packet_id) { return with_id(0x40, packet_id); }

std::string encode_suback(std::uint16_t packet_id, const std::vector<std::uint8_t>& codes) {
  std::string out{'\x90'};
  append_length(out, 2 + codes.size());
  append_number(out, packet_id);
  std::transform(codes.begin(), codes.end(), std::back_inserter(out),
                 [](std::uint8_t code) { return static_cast<char>(code); });
  return out;
}

std::string encode_unsuback(std::uint16_t packet_id) { return with_id(0xB0, packet_id); }

std::string encode_pingresp() { return {'\xD0', '\x00'}; }

}  // namespace fwctl::localhub::mqtt
