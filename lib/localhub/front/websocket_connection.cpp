#include "lib/localhub/front/websocket_connection.hpp"

#include <boost/beast/websocket/ssl.hpp>

namespace fwctl::localhub {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using Error = boost::system::error_code;

/// Twice the largest MQTT packet: one of any size fits, and so do several small ones.
constexpr std::size_t largest_message = 1024U * 1024;

/// How the upgrade is answered.
auto as_hub(const std::string& protocol) {
  return [protocol](websocket::response_type& response) {
    response.set(http::field::server, "fwhub");
    if (response.result() == http::status::switching_protocols) {
      response.set(http::field::sec_websocket_protocol, protocol);
    }
  };
}

}  // namespace

WebsocketConnection::WebsocketConnection(TlsStream stream, UpgradeRequest request, Hub& hub, const Clock& clock,
                                         OnHandled on_handled, OnClosed on_closed)
    : DeviceConnection(hub, clock, std::move(on_handled), std::move(on_closed)),
      stream_(FarewellStream(std::move(stream))),
      request_(std::move(request)),
      patience_(stream_.get_executor()) {
  stream_.binary(true);
  stream_.read_message_max(largest_message);
  stream_.set_option(websocket::stream_base::decorator(as_hub(offered_mqtt(request_))));
}

void WebsocketConnection::start() {
  stream_.async_accept(request_, [this, self = shared_from_this()](const Error& error) {
    open_ = !error && !closed();
    open_ ? read() : close();
  });
}

void WebsocketConnection::read() {
  stream_.async_read_some(boost::asio::buffer(block_),
                          [this, self = shared_from_this()](const Error& error, std::size_t count) {
                            if (closed()) return;
                            error ? close() : on_read(count);
                          });
}

void WebsocketConnection::on_read(std::size_t count) {
  if (stream_.got_text()) {
    reason_ = websocket::close_code::unknown_data;
    return close();
  }
  receive(std::string_view(block_.data(), count));
  if (!closed()) read();
}

void WebsocketConnection::write() {
  if (!writing_.empty() || unsent().empty()) return;
  writing_.swap(unsent());
  stream_.async_write(
      boost::asio::buffer(writing_),
      [this, self = shared_from_this()](const Error& error, std::size_t) { error ? drop() : on_written(); });
}

void WebsocketConnection::on_written() {
  writing_.clear();
  write();
  if (closed() && writing_.empty()) say_goodbye();
}

void WebsocketConnection::hang_up() {
  if (!open_) return drop();
  patience_.expires_after(FarewellStream::patience);
  patience_.async_wait([this, self = shared_from_this()](const Error& error) {
    if (!error) drop();
  });
  if (writing_.empty()) say_goodbye();
}

void WebsocketConnection::say_goodbye() {
  stream_.async_close(reason_, [this, self = shared_from_this()](const Error&) { drop(); });
}

void WebsocketConnection::drop() {
  patience_.cancel();
  beast::get_lowest_layer(stream_).close();
  close();
}

}  // namespace fwctl::localhub
