#include "lib/localhub/mqtt/session.hpp"

#include <algorithm>

namespace fwctl::localhub::mqtt {
namespace {

constexpr std::chrono::seconds first_packet{30};
constexpr std::chrono::seconds longest_silence{1767};

std::chrono::nanoseconds silence_for(std::uint16_t keep_alive_s) {
  if (keep_alive_s == 0) return longest_silence;
  const auto silence = std::chrono::milliseconds{1500} * keep_alive_s;
  return std::min<std::chrono::nanoseconds>(silence, longest_silence);
}

}  // namespace

Session::Session(Hub& hub, const Clock& clock)
    : hub_(hub), clock_(clock), silence_(first_packet), deadline_(clock.uptime() + first_packet) {}

Session::~Session() {
  try {
    hub_.disconnect(connection_, said_goodbye_);
  } catch (const std::exception&) {  // the store can't take it: the device is taken for connected until it is again
  }
}

std::string Session::close() {
  closed_ = true;
  return {};
}

std::string Session::receive(std::string_view bytes) {
  std::string answers;
  try {
    decoder_.feed(bytes);
    while (!closed_) {
      const auto packet = decoder_.next();
      if (!packet) break;
      answers += handle(*packet);
      deadline_ = clock_.uptime() + silence_;
    }
  } catch (const std::exception&) {  // a violation, or a store that fails: nothing that one device sends ends the hub
    close();
  }
  return answers;
}

std::string Session::handle(const Packet& packet) {
  const auto* connecting = std::get_if<Connect>(&packet);
  // CONNECT comes first and once.
  if ((connecting != nullptr) != (connection_ == 0)) return close();
  if (connecting != nullptr) return connect(*connecting);
  silent_ = silent_ || hub_.falls_silent();
  if (silent_) return {};
  if (const auto* publishing = std::get_if<Publish>(&packet)) return publish(*publishing);
  if (const auto* subscribing = std::get_if<Subscribe>(&packet)) return subscribe(*subscribing);
  if (const auto* leaving = std::get_if<Unsubscribe>(&packet)) return unsubscribe(*leaving);
  if (std::holds_alternative<Ping>(packet)) return encode_pingresp();
  if (std::holds_alternative<Disconnect>(packet)) {
    said_goodbye_ = true;
    return close();
  }
  return {};
}

std::string Session::connect(const Connect& packet) {
  if (packet.protocol != "MQTT" || packet.level != 4) return close();
  const ConnectAnswer answer = hub_.connect({.client_id = packet.client_id,
                                             .username = packet.username,
                                             .password = packet.password,
                                             .clean_session = packet.clean_session,
                                             .will_topic = packet.will_topic});
  if (answer.return_code == ConnectAnswer::no_answer) return close();
  if (answer.return_code != 0) {
    close();
    return encode_connack(false, answer.return_code);
  }
  connection_ = answer.connection;
  silence_ = silence_for(packet.keep_alive_s);
  return encode_connack(answer.session_present, 0);
}

std::string Session::publish(const Publish& packet) {
  if (!hub_.publish(connection_, packet.topic, packet.payload, packet.qos)) return close();
  return packet.qos == 1 ? encode_puback(packet.packet_id) : std::string{};
}

std::string Session::subscribe(const Subscribe& packet) {
  std::vector<Hub::Subscription> wanted;
  for (const auto& [filter, qos] : packet.filters) wanted.push_back({filter, qos});
  const auto codes = hub_.subscribe(connection_, wanted);
  if (!codes) return close();
  const std::string suback = encode_suback(packet.packet_id, *codes);
  return hub_.postpone_suback(connection_, suback) ? std::string{} : suback;
}

std::string Session::unsubscribe(const Unsubscribe& packet) {
  hub_.unsubscribe(connection_, packet.filters);
  return encode_unsuback(packet.packet_id);
}

std::string Session::carry_out(const Effect& effect) {
  if (effect.kind == Effect::Kind::close) return close();
  if (silent_) return {};
  if (effect.kind == Effect::Kind::packet) return effect.payload;
  return encode_publish(effect.topic, effect.payload);
}

}  // namespace fwctl::localhub::mqtt
