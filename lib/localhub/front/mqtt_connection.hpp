#pragma once

#include "lib/localhub/front/asio.hpp"
#include "lib/localhub/front/device_connection.hpp"

namespace fwctl::localhub {

/// A device on the MQTT port: TLS straight on the descriptor, which costs a quarter of the memory of Asio's stream.
class MqttConnection final : public DeviceConnection {
 public:
  MqttConnection(boost::asio::ip::tcp::socket socket, SSL_CTX* context, Hub& hub, const Clock& clock,
                 OnHandled on_handled, OnClosed on_closed);

  void start() { read(); }

 private:
  void read();
  bool handshake();
  void receive_block();
  /// Lets the others have their turn first: a device may send faster than the hub can read.
  void read_on_later();
  void write() override;
  void hang_up() override;
  void wait(boost::asio::socket_base::wait_type what);
  void after_failure(int result);

  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  bool waiting_to_read_ = false;
  bool waiting_to_write_ = false;
  bool reading_on_ = false;
};

}  // namespace fwctl::localhub
