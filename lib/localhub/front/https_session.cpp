#include "lib/localhub/front/https_session.hpp"

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <memory>
#include <optional>

#include "lib/localhub/api_error.hpp"
#include "lib/localhub/front/http_message.hpp"
#include "lib/localhub/front/odd_delivery.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using Error = boost::system::error_code;

constexpr std::uint32_t header_limit = 64U * 1024;
constexpr std::uint64_t body_limit = 4U * 1024 * 1024;
constexpr std::chrono::seconds patience{30};
constexpr std::chrono::seconds idle{120};

class HttpsSession : public std::enable_shared_from_this<HttpsSession> {
 public:
  HttpsSession(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& context, Hub& hub,
               std::function<void()> on_handled, OnUpgrade on_upgrade, std::function<void()> on_closed)
      : stream_(beast::tcp_stream(std::move(socket)), context),
        hub_(hub),
        on_handled_(std::move(on_handled)),
        on_upgrade_(std::move(on_upgrade)),
        on_closed_(std::move(on_closed)) {}
  ~HttpsSession() { on_closed_(); }
  HttpsSession(const HttpsSession&) = delete;
  HttpsSession& operator=(const HttpsSession&) = delete;

  void start() {
    beast::get_lowest_layer(stream_).socket().set_option(boost::asio::ip::tcp::no_delay(true));
    beast::get_lowest_layer(stream_).expires_after(patience);
    stream_.async_handshake(boost::asio::ssl::stream_base::server, [self = shared_from_this()](const Error& error) {
      if (!error) self->wait_for_request();
    });
  }

 private:
  /// Between requests a client may be silent for longer than within one.
  void wait_for_request() {
    parser_.emplace();
    parser_->header_limit(header_limit);
    parser_->body_limit(body_limit);
    if (buffer_.size() > 0) return read();
    beast::get_lowest_layer(stream_).expires_after(idle);
    stream_.async_read_some(buffer_.prepare(4096), [self = shared_from_this()](const Error& error, std::size_t count) {
      if (error) return;
      self->buffer_.commit(count);
      self->read();
    });
  }

  void read() {
    beast::get_lowest_layer(stream_).expires_after(patience);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](const Error& error, std::size_t) { self->on_read(error); });
  }

  void on_read(const Error& error) {
    if (!error && is_upgrade(parser_->get())) return upgrade();
    if (!error) return handle();
    if (error == http::error::body_limit) return refuse(http::status::payload_too_large);
    if (error == http::error::header_limit) return refuse(http::status::request_header_fields_too_large);
    const bool malformed = error.category() == http::make_error_code(http::error::bad_version).category();
    if (malformed && error != http::error::end_of_stream) refuse(http::status::bad_request);
  }

  /// Refused before the hub saw it, and the connection with it: where the next request begins is not known.
  void refuse(http::status status) {
    constexpr unsigned http_1_1 = 11;
    response_ = to_beast(hub_.refusal(static_cast<int>(status)), http_1_1);
    response_->keep_alive(false);
    write();
  }

  void upgrade() {
    const auto refusal = refuse_upgrade(parser_->get());
    if (refusal) return refuse(*refusal);
    // A client has to wait for the answer before it sends frames.
    if (buffer_.size() > 0) return refuse(http::status::bad_request);
    beast::get_lowest_layer(stream_).expires_never();
    on_upgrade_(std::move(stream_), parser_->release());
  }

  void handle() {
    const auto& message = parser_->get();
    const unsigned version = message.version();
    // An answer to HEAD has a body all the same, and who asked reads none: what follows would be taken for it.
    const bool keep_alive = message.keep_alive() && message.method() != http::verb::head;
    hub_.handle(from_beast(message),
                [self = shared_from_this(), version, keep_alive](HttpResponse answer, const Delivery& delivery) {
                  self->respond(std::move(answer), delivery, version, keep_alive);
                });
    on_handled_();
  }

  void respond(HttpResponse answer, const Delivery& delivery, unsigned version, bool keep_alive) {
    const bool close = header(answer.headers, wire::connection) == "close";
    response_ = to_beast(std::move(answer), version);
    response_->keep_alive(keep_alive && !close);
    if (delivery.delay.count() == 0) return deliver(delivery);
    timer_.expires_after(std::chrono::duration_cast<std::chrono::nanoseconds>(delivery.delay));
    timer_.async_wait([self = shared_from_this(), delivery](const Error& error) {
      if (!error) self->deliver(delivery);
    });
  }

  void deliver(const Delivery& delivery) {
    if (delivery.cut == Delivery::Cut::drop) return beast::get_lowest_layer(stream_).close();
    if (delivery.cut == Delivery::Cut::none && delivery.bytes_per_second == 0) return write();
    deliver_oddly(stream_, *response_, delivery, [self = shared_from_this()](bool whole) {
      if (!whole) return beast::get_lowest_layer(self->stream_).close();
      self->wait_for_request();
    });
  }

  void write() {
    beast::get_lowest_layer(stream_).expires_after(patience);
    http::async_write(stream_, *response_, [self = shared_from_this()](const Error& error, std::size_t) {
      if (error) return;
      if (self->response_->keep_alive()) return self->wait_for_request();
      self->stream_.async_shutdown([self](const Error&) {});
    });
  }

  TlsStream stream_;
  Hub& hub_;
  std::function<void()> on_handled_;
  OnUpgrade on_upgrade_;
  std::function<void()> on_closed_;
  boost::asio::steady_timer timer_{stream_.get_executor()};  // of a delayed answer
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
};

}  // namespace

void serve_https(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& context, Hub& hub,
                 std::function<void()> on_handled, OnUpgrade on_upgrade, std::function<void()> on_closed) {
  std::make_shared<HttpsSession>(std::move(socket), context, hub, std::move(on_handled), std::move(on_upgrade),
                                 std::move(on_closed))
      ->start();
}

}  // namespace fwctl::localhub
