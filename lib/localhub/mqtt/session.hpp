#pragma once

#include <string>
#include <string_view>

#include "fwctl/localhub/hub.hpp"
#include "lib/localhub/mqtt/packets.hpp"

namespace fwctl::localhub::mqtt {

/// One connection's conversation, whatever carries its bytes: bytes in, bytes out, calls on the hub in between.
class Session {
 public:
  Session(Hub& hub, const Clock& clock);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// What is to be sent back. Effects of the hub for this and other connections wait in hub.take_effects().
  std::string receive(std::string_view bytes);

  /// What carries out an effect of the hub on this connection.
  std::string carry_out(const Effect& effect);

  /// True: send what was returned, then close.
  bool closed() const { return closed_; }
  /// 0 until the device was let in.
  ConnectionId connection() const { return connection_; }
  /// When the device counts as gone unless it is heard of before; on the monotonic clock.
  std::chrono::nanoseconds deadline() const { return deadline_; }

 private:
  std::string handle(const Packet& packet);
  std::string connect(const Connect& packet);
  std::string publish(const Publish& packet);
  std::string subscribe(const Subscribe& packet);
  std::string unsubscribe(const Unsubscribe& packet);
  std::string close();

  Hub& hub_;
  const Clock& clock_;
  Decoder decoder_;
  ConnectionId connection_ = 0;
  std::chrono::nanoseconds silence_;  // how long the device may say nothing
  std::chrono::nanoseconds deadline_;
  bool said_goodbye_ = false;
  bool silent_ = false;  // the connection has died by a fault, and nobody was told
  bool closed_ = false;
};

}  // namespace fwctl::localhub::mqtt
