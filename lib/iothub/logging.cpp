#include <fmt/core.h>

#include <array>

#include "fwctl/iothub/error.hpp"
#include "fwctl/iothub/transport.hpp"
#include "lib/iothub/wire_names.hpp"

namespace fwctl::iothub {
namespace {

/// What may be shown: a header that is not here stays hidden, so a new secret is hidden by default.
constexpr std::array shown_headers{
    wire::content_type, wire::if_match, wire::request_id, wire::max_item_count, wire::error_code,
    wire::retry_after,  wire::date,     "Content-Length", "x-ms-item-type",     "ETag",
    "x-ms-request-id"};

class LoggingTransport final : public Transport {
 public:
  LoggingTransport(std::unique_ptr<Transport> next, const Clock& clock, LogLine log)
      : next_(std::move(next)), clock_(clock), log_(std::move(log)) {}

  HttpResponse send(const Call& call) override {
    const auto start = clock_.uptime();
    const std::string line = fmt::format("{} {}", call.request.method, call.request.target);
    log_headers(">", call.request.headers);
    try {
      HttpResponse response = next_->send(call);
      log_(1, fmt::format("{} {} {} ms {}", line, response.status, elapsed_ms(start),
                          header(response.headers, wire::error_code)));
      log_headers("<", response.headers);
      return response;
    } catch (const TransportError& error) {
      log_(1, fmt::format("{} no answer after {} ms: {}", line, elapsed_ms(start), error.what()));
      throw;
    }
  }

 private:
  std::int64_t elapsed_ms(std::chrono::nanoseconds start) const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.uptime() - start).count();
  }

  void log_headers(const char* direction, const Headers& headers) const {
    for (const char* name : shown_headers) {
      const std::string_view value = header(headers, name);
      if (!value.empty()) log_(2, fmt::format("{} {}: {}", direction, name, value));
    }
  }

  std::unique_ptr<Transport> next_;
  const Clock& clock_;
  LogLine log_;
};

}  // namespace

std::unique_ptr<Transport> with_logging(std::unique_ptr<Transport> next, const Clock& clock, LogLine log) {
  return std::make_unique<LoggingTransport>(std::move(next), clock, std::move(log));
}

}  // namespace fwctl::iothub
