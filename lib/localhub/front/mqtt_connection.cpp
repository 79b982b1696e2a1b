#include "lib/localhub/front/mqtt_connection.hpp"

#include <openssl/err.h>

#include <array>

namespace fwctl::localhub {
MqttConnection::MqttConnection(boost::asio::ip::tcp::socket socket, SSL_CTX* context, Hub& hub, const Clock& clock,
                               OnHandled on_handled, OnClosed on_closed)
    : DeviceConnection(hub, clock, std::move(on_handled), std::move(on_closed)),
      socket_(std::move(socket)),
      ssl_(SSL_new(context)) {
  socket_.non_blocking(true);
  socket_.set_option(boost::asio::ip::tcp::no_delay(true));
  SSL_set_fd(ssl_.get(), socket_.native_handle());
  SSL_set_accept_state(ssl_.get());
}

void MqttConnection::wait(boost::asio::socket_base::wait_type what) {
  const bool reading = what == boost::asio::socket_base::wait_read;
  bool& waiting = reading ? waiting_to_read_ : waiting_to_write_;
  if (waiting || closed()) return;
  waiting = true;
  socket_.async_wait(what, [this, self = shared_from_this(), reading](const boost::system::error_code& error) {
    (reading ? waiting_to_read_ : waiting_to_write_) = false;
    if (error || closed()) return;
    // TLS may want to read before it can write, and the other way round.
    write();
    read();
  });
}

void MqttConnection::after_failure(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return wait(boost::asio::socket_base::wait_read);
    case SSL_ERROR_WANT_WRITE:
      return wait(boost::asio::socket_base::wait_write);
    default:
      return close();
  }
}

bool MqttConnection::handshake() {
  if (SSL_is_init_finished(ssl_.get()) == 1) return true;
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result != 1) after_failure(result);
  return result == 1;
}

void MqttConnection::read() {
  if (!closed() && handshake()) receive_block();
}

void MqttConnection::receive_block() {
  std::array<char, 16 * 1024> block{};
  ERR_clear_error();
  const int count = SSL_read(ssl_.get(), block.data(), block.size());
  if (count <= 0) return after_failure(count);
  receive(std::string_view(block.data(), static_cast<std::size_t>(count)));
  read_on_later();
}

void MqttConnection::read_on_later() {
  if (reading_on_ || closed()) return;
  reading_on_ = true;
  boost::asio::post(socket_.get_executor(), [this, self = shared_from_this()] {
    reading_on_ = false;
    read();
  });
}

void MqttConnection::write() {
  while (!closed() && !unsent().empty() && SSL_is_init_finished(ssl_.get()) == 1) {
    ERR_clear_error();
    const int count = SSL_write(ssl_.get(), unsent().data(), static_cast<int>(unsent().size()));
    if (count <= 0) return after_failure(count);
    unsent().erase(0, static_cast<std::size_t>(count));
  }
}

void MqttConnection::hang_up() {
  if (SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
  ERR_clear_error();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace fwctl::localhub
