#include <fmt/core.h>

#include <array>

#include "fwctl/iothub/error.hpp"
#include "fwctl/iothub/transport.hpp"
#include "lib/iothub/secrets.hpp"
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
  LoggingTransport(std::unique_ptr<Transport> next, const Clock& clock, Log log)
      : next_(std::move(next)), clock_(clock), log_(std::move(log)) {}

  HttpResponse send(const Call& call) override {
    const auto start = clock_.uptime();
    log_headers(">", call.request.headers);
    try {
      HttpResponse response = next_->send(call);
      log_answer(call.request, response, start);
      log_headers("<", response.headers);
      return response;
    } catch (const TransportError& error) {
      log_silence(call.request, error, start);
      throw;
    }
  }

 private:
  void log_answer(const HttpRequest& request, const HttpResponse& response, std::chrono::nanoseconds start) const {
    LogEntry entry = entry_for(request, start);
    entry.status = response.status;
    entry.error_code = without_secrets(std::string(header(response.headers, wire::error_code)));
    entry.message =
        fmt::format("{} {} {} {} ms", request.method, request.target, response.status, entry.elapsed->count());
    if (!entry.error_code.empty()) entry.message += " " + entry.error_code;
    log_(entry);
  }

  void log_silence(const HttpRequest& request, const TransportError& error, std::chrono::nanoseconds start) const {
    LogEntry entry = entry_for(request, start);
    entry.message = fmt::format("{} {} no answer after {} ms: {}", request.method, request.target,
                                entry.elapsed->count(), error.what());
    log_(entry);
  }

  LogEntry entry_for(const HttpRequest& request, std::chrono::nanoseconds start) const {
    LogEntry entry;
    entry.method = request.method;
    entry.path = request.target.substr(0, request.target.find('?'));
    entry.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.uptime() - start);
    return entry;
  }

  void log_headers(const char* direction, const Headers& headers) const {
    for (const char* name : shown_headers) {
      const std::string_view value = header(headers, name);
      if (value.empty()) continue;
      LogEntry entry;
      entry.level = 2;
      entry.message = fmt::format("{} {}: {}", direction, name, without_secrets(std::string(value)));
      log_(entry);
    }
  }

  std::unique_ptr<Transport> next_;
  const Clock& clock_;
  Log log_;
};

}  // namespace

std::unique_ptr<Transport> with_logging(std::unique_ptr<Transport> next, const Clock& clock, Log log) {
  return std::make_unique<LoggingTransport>(std::move(next), clock, std::move(log));
}

}  // namespace fwctl::iothub
