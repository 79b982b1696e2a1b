// The only file that knows cpprestsdk. What it must be protected from, measured: it follows redirects and takes the
// Authorization header along; its time-out restarts at each step; it replays a request on a reused connection that
// closes early; it parses the machine's certificates for every connection; it starts 40 threads; it takes a
// Content-Length that is no number for an empty body, and an interim answer (1xx) for the last one; and an exception in
// one of its threads, which a chunk of negative size is enough for, ends the process.
#include <cpprest/http_client.h>
#include <cpprest/producerconsumerstream.h>
#include <fmt/core.h>
#include <openssl/err.h>
#include <pplx/threadpool.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>

#include "fwctl/base/error.hpp"
#include "fwctl/base/url.hpp"
#include "fwctl/iothub/error.hpp"
#include "fwctl/iothub/transport.hpp"
#include "lib/iothub/tls_roots.hpp"

namespace fwctl::iothub {
namespace {

using web::http::client::http_client;
using web::http::client::http_client_config;

void prepare_library_once() {
  static std::once_flag once;
  std::call_once(once, [] {
    // A second thread would be woken for each step of an exchange and find nothing to do. With one, no continuation
    // may wait for a task that is not done: it would wait for ever.
    crossplat::threadpool::initialize_with_threads(1);
    // We bring the roots ourselves: keep the library from parsing the machine's bundle for every connection.
    setenv("SSL_CERT_FILE", "/dev/null", 1);
    setenv("SSL_CERT_DIR", "/nonexistent", 1);
  });
}

/// Ends the library's tasks when the time is over or the user has had enough.
class Deadline {
 public:
  Deadline(std::chrono::milliseconds total, std::stop_token stop)
      : end_(std::chrono::steady_clock::now() + total), total_(total), stop_(std::move(stop)) {}

  pplx::cancellation_token token() { return source_.get_token(); }

  /// The task's result; throws what it throws, TimedOut, or Interrupted.
  template <typename Value>
  Value await(pplx::task<Value> task) {
    const auto done = std::make_shared<Done>();
    task.then([done](pplx::task<Value> finished) {
      try {
        finished.wait();  // a failure that nobody looks at ends the process
      } catch (...) {
      }
      const std::lock_guard lock(done->mutex);
      done->flag = true;
      done->wake.notify_all();
    });
    wait(*done);
    return task.get();
  }

  struct TimedOut {
    std::chrono::milliseconds after;
  };

 private:
  struct Done {
    std::mutex mutex;
    std::condition_variable_any wake;
    bool flag = false;
  };

  void wait(Done& done) {
    std::unique_lock lock(done.mutex);
    if (done.wake.wait_until(lock, stop_, end_, [&] { return done.flag; })) return;
    lock.unlock();
    source_.cancel();
    lock.lock();
    // The library lets go within milliseconds; its buffers must not be freed before.
    done.wake.wait(lock, [&] { return done.flag; });
    if (stop_.stop_requested()) throw Interrupted();
    throw TimedOut{total_};
  }

  std::chrono::steady_clock::time_point end_;
  std::chrono::milliseconds total_;
  std::stop_token stop_;
  pplx::cancellation_token_source source_;
};

/// Where the library writes a body to: no more than is allowed, however large it takes a chunk for. It overrides what
/// the library calls itself: one level further down a failure would close the stream, and wait for that in the pool.
class Body final : public concurrency::streams::details::basic_producer_consumer_buffer<std::uint8_t> {
 public:
  explicit Body(std::size_t most) : basic_producer_consumer_buffer(0), most_(most) {}

  struct TooLarge {};
  /// Once the content is ready.
  std::string& text() { return text_; }

  pplx::task<std::size_t> putn_nocopy(const std::uint8_t* data, std::size_t count) override {
    if (count > most_ - text_.size()) return pplx::task_from_exception<std::size_t>(TooLarge{});
    text_.append(reinterpret_cast<const char*>(data), count);
    return pplx::task_from_result(count);
  }

 private:
  std::size_t most_;
  std::string text_;
};

class CpprestTransport final : public Transport {
 public:
  explicit CpprestTransport(HttpOptions options) : options_(std::move(options)), roots_(options_.ca_pem) {
    prepare_library_once();
  }

  HttpResponse send(const Call& call) override {
    roots_.forget_failure();
    Deadline deadline(call.timeout, options_.stop);
    try {
      return exchange(call, deadline);
    } catch (const Deadline::TimedOut& timed_out) {
      const double seconds = static_cast<double>(timed_out.after.count()) / 1000;
      throw TransportError(fmt::format("{} did not answer within {} s", options_.host, seconds), true,
                           "--request-timeout and --timeout are what it may take");
    } catch (const Body::TooLarge&) {
      throw TransportError(fmt::format("the answer of {} is larger than {} bytes", options_.host, options_.max_body),
                           true);
    } catch (const web::http::http_exception& error) {
      if (roots_.last_failure() != X509_V_OK) throw untrusted();
      throw describe(error);
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      throw TransportError(fmt::format("the exchange with {} failed: {}", options_.host, error.what()), true);
    }
  }

 private:
  HttpResponse exchange(const Call& call, Deadline& deadline) {
    // A fresh client has no reused connection, on which the library would replay a request unasked.
    http_client& client = call.retry == Retry::always ? shared_client() : fresh_client();
    const auto body = std::make_shared<Body>(options_.max_body);
    web::http::http_request request = to_library(call.request);
    request.set_response_stream(concurrency::streams::streambuf<std::uint8_t>(body).create_ostream());
    reading_body_ = false;
    const web::http::http_response response =
        deadline.await(client.request(request, deadline.token()).then([this](const web::http::http_response& begun) {
          reading_body_ = true;
          return begun.content_ready();
        }));
    HttpResponse answer{response.status_code(), {}, {}};
    for (const auto& [name, value] : response.headers()) answer.headers[name] = value;
    answer.body = std::move(body->text());
    check_final(answer);
    check_length(answer);
    return answer;
  }

  /// The library takes an interim answer for the last one, and the last one for that of the next request.
  void check_final(const HttpResponse& answer) {
    if (answer.status >= 200) return;
    shared_.reset();
    throw TransportError(
        fmt::format("{} sent an interim answer, HTTP {}, which can't be waited out here", options_.host, answer.status),
        true, "hubs send none: look at the gateway or proxy on the way; hosts in NO_PROXY go past it");
  }

  void check_length(const HttpResponse& answer) const {
    const std::string_view length = header(answer.headers, "Content-Length");
    if (length.empty() || answer.status == 204 || answer.status == 304) return;
    if (length != std::to_string(answer.body.size())) {
      throw TransportError(fmt::format("the answer of {} is not as long as it says", options_.host), true);
    }
  }

  static web::http::http_request to_library(const HttpRequest& request) {
    web::http::http_request result(request.method);
    result.set_request_uri(web::uri(request.target));
    for (const auto& [name, value] : request.headers) {
      if (name != "Content-Type") result.headers().add(name, value);
    }
    if (!request.body.empty()) result.set_body(request.body, std::string(header(request.headers, "Content-Type")));
    return result;
  }

  http_client& shared_client() {
    if (!shared_) shared_ = std::make_unique<http_client>(base_uri(), config());
    return *shared_;
  }

  http_client& fresh_client() {
    fresh_ = std::make_unique<http_client>(base_uri(), config());
    return *fresh_;
  }

  web::uri base_uri() const { return web::uri("https://" + options_.host); }

  http_client_config config() {
    http_client_config config;
    config.set_max_redirects(0);
    config.set_timeout(std::chrono::hours{1});  // per step: Deadline is what counts
    config.set_ssl_context_callback(
        [this](boost::asio::ssl::context& context) { roots_.apply(context.native_handle()); });
    if (!options_.proxy.empty()) config.set_proxy(proxy());
    return config;
  }

  web::web_proxy proxy() const {
    const web::uri uri(options_.proxy);
    web::uri_builder plain(uri);
    plain.set_user_info("");
    web::web_proxy result(plain.to_uri());
    const std::string user = uri.user_info();
    const std::size_t colon = user.find(':');
    if (!user.empty()) {
      const auto decode = [](const std::string& text) { return percent_decode(text).value_or(text); };
      result.set_credentials(
          {decode(user.substr(0, colon)), colon == std::string::npos ? std::string{} : decode(user.substr(colon + 1))});
    }
    return result;
  }

  TransportError describe(const web::http::http_exception& error) const {
    const std::string what = error.what();
    const auto says = [&](const char* text) { return what.find(text) != std::string::npos; };
    const std::string& host = options_.host;
    if (says("resolving") && !options_.proxy.empty()) {
      return {fmt::format("can't find the address of the proxy on the way to {}", host), false,
              "HTTPS_PROXY names it; hosts in NO_PROXY go past it"};
    }
    if (says("resolving")) return {fmt::format("can't find the address of {}", host), false, "check HostName"};
    if (says("Failed to connect") && !options_.proxy.empty()) {
      return {fmt::format("can't connect to the proxy on the way to {}", host), false,
              "HTTPS_PROXY names it; hosts in NO_PROXY go past it"};
    }
    if (says("Failed to connect")) return {fmt::format("can't connect to {}", host), false, "check HostName"};
    if (says("SSL handshake")) {
      return {fmt::format("the TLS handshake with {} failed{}", host, reason(error)), false,
              "check that HostName, and its port, are a hub's"};
    }
    const char* again = "what lies between here and there may have cut it: try again";
    if (reading_body_) return {fmt::format("the answer of {} broke off", host), true, again};
    if (says("status line") && says("Failed"))
      return {fmt::format("{} closed the connection without an answer", host), true, again};
    return {fmt::format("the answer of {} is not HTTP: {}", host, what), true};
  }

  UntrustedError untrusted() const {
    const int failure = roots_.last_failure();
    const std::string why =
        failure == X509_V_ERR_UNSPECIFIED ? "it is made out for another name" : X509_verify_cert_error_string(failure);
    const bool of_time = failure == X509_V_ERR_CERT_NOT_YET_VALID || failure == X509_V_ERR_CERT_HAS_EXPIRED;
    return {fmt::format("the certificate of {} is not trusted: {}", options_.host, why),
            of_time ? "is this machine's clock right?" : "--ca-file or SSL_CERT_FILE names the roots to trust"};
  }

  static std::string reason(const web::http::http_exception& error) {
    const char* text = ERR_reason_error_string(static_cast<unsigned long>(error.error_code().value()));
    return text == nullptr ? std::string{} : fmt::format(": {}", text);
  }

  HttpOptions options_;
  TlsRoots roots_;
  bool reading_body_ = false;
  std::unique_ptr<http_client> shared_;
  std::unique_ptr<http_client> fresh_;
};

}  // namespace

std::unique_ptr<Transport> make_cpprest_transport(HttpOptions options) {
  return std::make_unique<CpprestTransport>(std::move(options));
}

}  // namespace fwctl::iothub
