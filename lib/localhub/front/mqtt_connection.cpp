#include "lib/localhub/front/mqtt_connection.hpp"

#include <openssl/err.h>

#include <array>

namespace fwctl::localhub {
namespace {

/// A device that does not read what it asked for is dropped.
constexpr std::size_t most_unsent = 1024U * 1024;

}  // namespace

MqttConnection::MqttConnection(boost::asio::ip::tcp::socket socket, SSL_CTX* context, Hub& hub, const Clock& clock,
                               OnHandled on_handled, OnClosed on_closed)
    : socket_(std::move(socket)),
      ssl_(SSL_new(context)),
      session_(std::make_unique<mqtt::Session>(hub, clock)),
      on_handled_(std::move(on_handled)),
      on_closed_(std::move(on_closed)) {
  socket_.non_blocking(true);
  socket_.set_option(boost::asio::ip::tcp::no_delay(true));
  SSL_set_fd(ssl_.get(), socket_.native_handle());
  SSL_set_accept_state(ssl_.get());
}

void MqttConnection::wait(boost::asio::socket_base::wait_type what) {
  const bool reading = what == boost::asio::socket_base::wait_read;
  bool& waiting = reading ? waiting_to_read_ : waiting_to_write_;
  if (waiting || closed_) return;
  waiting = true;
  socket_.async_wait(what, [self = shared_from_this(), reading](const boost::system::error_code& error) {
    (reading ? self->waiting_to_read_ : self->waiting_to_write_) = false;
    if (error || self->closed_) return;
    // TLS may want to read before it can write, and the other way round.
    self->write();
    self->read();
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
  if (!closed_ && handshake()) receive();
}

void MqttConnection::receive() {
  std::array<char, 16 * 1024> block{};
  while (!closed_) {
    ERR_clear_error();
    const int count = SSL_read(ssl_.get(), block.data(), block.size());
    if (count <= 0) return after_failure(count);
    send(session_->receive(std::string_view(block.data(), static_cast<std::size_t>(count))));
    if (!closed_) on_handled_(*this);
    if (!closed_ && session_->closed()) close();
  }
}

void MqttConnection::carry_out(const Effect& effect) {
  if (closed_) return;
  send(session_->carry_out(effect));
  if (!closed_ && session_->closed()) close();
}

void MqttConnection::send(std::string bytes) {
  if (closed_ || bytes.empty()) return;
  out_ += bytes;
  if (out_.size() > most_unsent) return close();
  write();
}

void MqttConnection::write() {
  while (!closed_ && !out_.empty() && SSL_is_init_finished(ssl_.get()) == 1) {
    ERR_clear_error();
    const int count = SSL_write(ssl_.get(), out_.data(), static_cast<int>(out_.size()));
    if (count <= 0) return after_failure(count);
    out_.erase(0, static_cast<std::size_t>(count));
  }
}

void MqttConnection::close() {
  if (closed_) return;
  const auto self = shared_from_this();  // on_closed_ drops the last other reference
  closed_ = true;
  if (SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
  ERR_clear_error();
  boost::system::error_code ignored;
  socket_.close(ignored);
  on_closed_(*this);
  session_.reset();
}

}  // namespace fwctl::localhub
