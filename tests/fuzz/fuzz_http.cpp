#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>

#include "lib/localhub/front/http_message.hpp"
#include "lib/localhub/front/websocket_upgrade.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/hub_fixture.hpp"

namespace fwctl::fuzz {
namespace {

namespace http = boost::beast::http;

/// What a connection to the front does with its bytes, but for the socket.
class Connection {
 public:
  Connection() { hub_.create_device("a", {{"site", "munich"}}); }

  /// False: the front would close the connection.
  bool receive(std::string_view bytes) {
    pending_ += bytes;
    while (!pending_.empty()) {
      if (!parser_) start();
      boost::system::error_code error;
      const std::size_t used = parser_->put(boost::asio::buffer(pending_), error);
      pending_.erase(0, used);
      if (error == http::error::need_more) return true;
      if (error) return false;
      if (!parser_->is_done()) continue;
      if (!answer()) return false;
      parser_.reset();
    }
    return true;
  }

 private:
  void start() {
    parser_.emplace();
    parser_->header_limit(64U * 1024);
    parser_->body_limit(64U * 1024);
    parser_->eager(true);
  }

  bool answer() {
    const auto& message = parser_->get();
    if (localhub::is_upgrade(message)) {
      localhub::refuse_upgrade(message);
      return false;
    }
    HttpRequest request = localhub::from_beast(message);
    // No mutation would find a signature: the word stands for one.
    if (header(request.headers, "Authorization") == "owner") request.headers["Authorization"] = token_;
    int answers = 0;
    hub_.hub().handle(request, [&](const HttpResponse& response, const localhub::Delivery&) {
      ++answers;
      check(response);
    });
    for (int i = 0; i < 20 && hub_.hub().next_due().value_or(Time::max()) <= hub_.clock.now(); ++i) {
      hub_.hub().run_due();
    }
    if (answers == 0) {  // a method waits for a device that never comes
      hub_.clock.advance(std::chrono::minutes{6});
      hub_.hub().run_due();
    }
    require(answers == 1, "a request has " + std::to_string(answers) + " answers");
    return true;
  }

  static void check(const HttpResponse& response) {
    require(response.status >= 200 && response.status < 500, "the answer is " + response.body);
    for (const auto& [name, value] : response.headers) {
      const bool one_line = (name + value).find_first_of(std::string("\r\n\0", 3)) == std::string::npos;
      require(one_line, "a header is more than a line: " + name);
    }
  }

  test::HubFixture hub_;
  std::string token_ = hub_.token("localhost", test::HubFixture::key, "iothubowner");
  std::string pending_;
  std::optional<http::request_parser<http::string_body>> parser_;
};

}  // namespace
}  // namespace fwctl::fuzz

/// The first byte says how many bytes come at once.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace fwctl;
  fuzz::Input input(bytes, size);
  const std::size_t piece = 1U + input.take_byte();
  fuzz::Connection connection;
  bool open = true;
  while (open && !input.rest().empty()) open = connection.receive(input.take(piece));
  return 0;
}
