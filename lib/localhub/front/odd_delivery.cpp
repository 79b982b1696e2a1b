#include "lib/localhub/front/odd_delivery.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/write.hpp>
#include <memory>
#include <sstream>

namespace fwctl::localhub {
namespace {

using Error = boost::system::error_code;
constexpr std::chrono::milliseconds drop_interval{100};
constexpr std::chrono::seconds patience{30};  // with a client that takes no piece

/// Writes a text in pieces, with a pause before each but the first.
class Pieces : public std::enable_shared_from_this<Pieces> {
 public:
  Pieces(TlsStream& stream, std::string text, std::size_t first, std::size_t piece, std::function<void(bool)> done)
      : stream_(stream),
        timer_(stream.get_executor()),
        text_(std::move(text)),
        next_(first),
        piece_(piece),
        done_(std::move(done)) {}

  void write() {
    const std::size_t size = std::min(next_, text_.size() - at_);
    boost::beast::get_lowest_layer(stream_).expires_after(patience);
    boost::asio::async_write(stream_, boost::asio::buffer(text_.data() + at_, size),
                             [self = shared_from_this(), size](const Error& error, std::size_t) {
                               if (error) return self->done_(false);
                               self->at_ += size;
                               self->pause();
                             });
  }

 private:
  void pause() {
    if (at_ == text_.size()) return done_(true);
    next_ = piece_;
    timer_.expires_after(drop_interval);
    timer_.async_wait([self = shared_from_this()](const Error& error) { error ? self->done_(false) : self->write(); });
  }

  TlsStream& stream_;
  boost::asio::steady_timer timer_;
  std::string text_;
  std::size_t at_ = 0;
  std::size_t next_;   // bytes of the next piece
  std::size_t piece_;  // and of those behind it
  std::function<void(bool)> done_;
};

}  // namespace

void deliver_oddly(TlsStream& stream, const boost::beast::http::response<boost::beast::http::string_body>& response,
                   const Delivery& delivery, std::function<void(bool whole)> done) {
  std::ostringstream text;
  text << response;
  std::string bytes = text.str();
  const std::size_t body = response.body().size();
  const std::size_t head = bytes.size() - body;
  const bool cut = delivery.cut == Delivery::Cut::truncate;
  if (cut) bytes.resize(head + body / 2);
  const std::int64_t drops = std::max<std::int64_t>(1, delivery.bytes_per_second / 10);
  const std::size_t piece = delivery.bytes_per_second == 0 ? bytes.size() : static_cast<std::size_t>(drops);
  const std::size_t first = delivery.bytes_per_second == 0 ? bytes.size() : head;
  const auto finished = [cut, done = std::move(done)](bool whole) { done(whole && !cut); };
  std::make_shared<Pieces>(stream, std::move(bytes), first, piece, finished)->write();
}

}  // namespace fwctl::localhub
