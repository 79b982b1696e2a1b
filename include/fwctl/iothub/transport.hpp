#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "fwctl/base/clock.hpp"
#include "fwctl/base/http.hpp"
#include "fwctl/iothub/connection_string.hpp"

namespace fwctl::iothub {

/// Whether a request may be sent again. The operation says it; the retry decorator only obeys.
enum class Retry {
  always,      // repeating changes nothing: reads, queries, writes with If-Match or with the whole content
  if_refused,  // only when the hub certainly did not act: 429, or no connection came about
  never,
};

/// A request and how it may be treated on its way.
struct Call {
  HttpRequest request;
  Retry retry = Retry::always;
  /// From the first byte to the last, each try by itself. The hub may hold a request back for a while under load.
  std::chrono::milliseconds timeout{60'000};
};

/// Sends one request and returns what was answered: any HTTP status is an answer. Throws TransportError when none
/// came, and Interrupted when the user asked us to stop.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual HttpResponse send(const Call& call) = 0;
};

struct HttpOptions {
  std::string host;                          // host or host:port, as in the connection string
  std::string ca_pem;                        // trusted roots, PEM; empty: the machine's own
  std::string proxy;                         // http://[user:password@]host:port; empty: none
  std::stop_token stop;                      // ends a request under way
  std::size_t max_body = 64U * 1024 * 1024;  // a larger answer is a TransportError
};

/// Real sockets, by cpprestsdk: TLS 1.2 or later, no redirects, a deadline over the whole exchange. A call that must
/// not be repeated goes out on a fresh connection, because the library silently replays on a reused one.
std::unique_ptr<Transport> make_cpprest_transport(HttpOptions options);

/// Puts a SharedAccessSignature into every request; makes a new one when less than a tenth of its life is left, so
/// that a watch of days never sends an expired one.
std::unique_ptr<Transport> with_sas_token(std::unique_ptr<Transport> next, ServiceConnection connection,
                                          const Clock& clock, std::chrono::seconds token_life = std::chrono::hours{1});

/// What is logged of a request: one entry a try, and at level 2 one for each header of an allow-list.
struct LogEntry {
  int level = 1;
  std::string message;        // the whole of it, for people
  std::string method;         // of a try, as all that follows
  std::string path;           // without the query part
  std::optional<int> status;  // nullopt: no answer came
  std::optional<std::chrono::milliseconds> elapsed;
  std::string error_code;  // the hub's; empty: none
};

/// Logs every try. Sits outside the token, so that it never sees one.
using Log = std::function<void(const LogEntry& entry)>;
std::unique_ptr<Transport> with_logging(std::unique_ptr<Transport> next, const Clock& clock, Log log);

struct RetryPolicy {
  std::chrono::milliseconds total{120'000};            // from the first try: no wait starts that would end later
  std::optional<std::chrono::nanoseconds> deadline{};  // the clock's uptime: nor one that would end after this
  std::chrono::milliseconds base{1'000};  // doubles each time, with jitter of ± a quarter, up to half of what is left
  std::chrono::milliseconds throttled{10'000};  // base on 429 without Retry-After
  std::chrono::milliseconds cap{60'000};
};
/// Told before each wait: why, and for how long. Retry-After is honoured in both its forms.
using OnRetry = std::function<void(const std::string& reason, std::chrono::milliseconds wait)>;

/// Repeats what `Call::retry` allows on 408, 429, 500, 502, 503, 504 and on no answer. When giving up, returns the
/// last answer, or throws the last TransportError with the number of tries in its text. The 429 of a hub whose job
/// slots are all taken is an answer: nothing but the end of a job mends it. UntrustedError is thrown at once.
/// `jitter` returns numbers in [0, 1).
std::unique_ptr<Transport> with_retry(std::unique_ptr<Transport> next, Clock& clock, RetryPolicy policy,
                                      OnRetry on_retry, std::function<double()> jitter);

}  // namespace fwctl::iothub
