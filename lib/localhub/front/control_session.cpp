#include "lib/localhub/front/control_session.hpp"

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <memory>

#include "fwctl/localhub/control.hpp"
#include "lib/localhub/front/http_message.hpp"

namespace fwctl::localhub {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using Error = boost::system::error_code;

class ControlSession : public std::enable_shared_from_this<ControlSession> {
 public:
  ControlSession(boost::asio::ip::tcp::socket socket, Hub& hub, std::function<void()> on_handled)
      : stream_(std::move(socket)), hub_(hub), on_handled_(std::move(on_handled)) {}

  void start() {
    stream_.expires_after(std::chrono::seconds{30});
    http::async_read(stream_, buffer_, request_, [self = shared_from_this()](const Error& error, std::size_t) {
      if (!error) self->handle();
    });
  }

 private:
  void handle() {
    response_ = to_beast(handle_control(hub_, from_beast(request_)), request_.version());
    response_.keep_alive(false);
    on_handled_();
    http::async_write(stream_, response_, [self = shared_from_this()](const Error&, std::size_t) {
      Error ignored;
      self->stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    });
  }

  beast::tcp_stream stream_;
  Hub& hub_;
  std::function<void()> on_handled_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

}  // namespace

void serve_control(boost::asio::ip::tcp::socket socket, Hub& hub, std::function<void()> on_handled) {
  std::make_shared<ControlSession>(std::move(socket), hub, std::move(on_handled))->start();
}

}  // namespace fwctl::localhub
