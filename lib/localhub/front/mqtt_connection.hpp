#pragma once

#include <functional>
#include <memory>
#include <string>

#include "lib/localhub/front/asio.hpp"
#include "lib/localhub/mqtt/session.hpp"

namespace fwctl::localhub {

/// A device's connection: TLS straight on the descriptor, which costs a quarter of the memory of Asio's stream.
class MqttConnection : public std::enable_shared_from_this<MqttConnection> {
 public:
  /// Called after bytes of the device were handled: the hub may have effects for any connection.
  using OnHandled = std::function<void(MqttConnection&)>;
  using OnClosed = std::function<void(MqttConnection&)>;

  MqttConnection(boost::asio::ip::tcp::socket socket, SSL_CTX* context, Hub& hub, const Clock& clock,
                 OnHandled on_handled, OnClosed on_closed);

  void start() { read(); }
  void carry_out(const Effect& effect);
  void close();

  /// 0 until the device was let in, and after the end.
  ConnectionId connection() const { return session_ ? session_->connection() : 0; }
  std::chrono::nanoseconds deadline() const { return session_->deadline(); }

 private:
  void read();
  bool handshake();
  void receive();
  void send(std::string bytes);
  void write();
  void wait(boost::asio::socket_base::wait_type what);
  void after_failure(int result);

  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  std::unique_ptr<mqtt::Session> session_;  // null once closed: the hub has been told
  OnHandled on_handled_;
  OnClosed on_closed_;
  std::string out_;
  bool waiting_to_read_ = false;
  bool waiting_to_write_ = false;
  bool closed_ = false;
};

}  // namespace fwctl::localhub
