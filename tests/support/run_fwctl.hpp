#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "cmd/fwctl/app.hpp"
#include "fwctl/iothub/error.hpp"
#include "fwctl/iothub/transport.hpp"
#include "tests/support/hub_fixture.hpp"

namespace fwctl::cli {

inline void PrintTo(ExitCode code, std::ostream* out) { *out << "exit code " << static_cast<int>(code); }

}  // namespace fwctl::cli

namespace fwctl::test {

/// The stand-in hub at the end of a line that remembers what was asked and fails on demand. Time passes only when
/// somebody sleeps; the hub then does the work that has become due.
class FlakyHub : public HubFixture {
 public:
  FlakyHub() {
    clock.on_sleep = [this] { run_due(); };
  }

  /// The hub acts, but what it answers never arrives.
  void lose_next_answer() {
    faults_.push_back([this](const HttpRequest& request) -> HttpResponse {
      send(request);
      throw iothub::TransportError("the connection was reset", /*maybe_acted=*/true);
    });
  }
  /// The request is lost on its way, which looks the same from here.
  void lose_next_request() {
    faults_.push_back([](const HttpRequest&) -> HttpResponse {
      throw iothub::TransportError("the connection was reset", /*maybe_acted=*/true);
    });
  }
  /// The hub acts, and says something else.
  void act_but_answer(HttpResponse response) {
    faults_.push_back([this, response](const HttpRequest& request) {
      send(request);
      return response;
    });
  }
  /// The hub takes the next request for another one.
  void garble(const std::function<void(HttpRequest&)>& change) {
    faults_.push_back([this, change](HttpRequest request) {
      change(request);
      return send(request);
    });
  }
  /// No connection comes about, so many times.
  void refuse(int times) {
    for (int i = 0; i < times; ++i) {
      faults_.push_back([](const HttpRequest&) -> HttpResponse {
        throw iothub::TransportError("connection refused", /*maybe_acted=*/false);
      });
    }
  }
  /// Something else than the hub answers, so many times.
  void answer(int times, HttpResponse response) {
    for (int i = 0; i < times; ++i) {
      faults_.push_back([response](const HttpRequest&) { return response; });
    }
  }
  /// One request gets through before the next fault.
  void let_through() {
    faults_.push_back([this](const HttpRequest& request) { return send(request); });
  }

  HttpResponse carry(const HttpRequest& request, std::chrono::milliseconds patience) {
    requests.push_back(request);
    timeouts.push_back(patience);
    run_due();
    if (on_request) on_request();
    if (refuses && refuses(request)) return {400, {{"iothub-errorcode", "ArgumentInvalid"}}, "{}"};
    if (faults_.empty()) return reach(request, patience);
    const auto fault = faults_.front();
    faults_.pop_front();
    return fault(request);
  }

  std::function<void()> on_request;                                // before the hub sees it
  std::function<bool(const HttpRequest&)> refuses;                 // with 400
  std::function<void(const HttpRequest&, HttpResponse&)> rewrite;  // what the hub says
  std::map<int, int> answers;                                      // of the hub's own, by status
  std::vector<HttpRequest> requests;                               // all that was tried, in order
  std::vector<std::chrono::milliseconds> timeouts;                 // and how long each might have taken

 private:
  /// Sends, and waits as long as the answer takes to arrive, if it does.
  HttpResponse reach(const HttpRequest& request, std::chrono::milliseconds patience) {
    HttpResponse response = send(request);
    wait_for(response, patience);
    const bool cut_short = delivery.cut == localhub::Delivery::Cut::truncate && !response.body.empty();
    if (delivery.cut == localhub::Delivery::Cut::drop || cut_short) {
      throw iothub::TransportError("the connection broke", /*maybe_acted=*/true);
    }
    ++answers[response.status];
    if (rewrite) rewrite(request, response);
    return response;
  }

  void wait_for(const HttpResponse& response, std::chrono::milliseconds patience) {
    auto takes = std::chrono::duration_cast<std::chrono::nanoseconds>(delivery.delay);
    if (delivery.bytes_per_second > 0) {
      takes += std::chrono::nanoseconds{std::chrono::seconds{response.body.size()}} / delivery.bytes_per_second;
    }
    if (takes.count() > 0) clock.sleep_for(std::min<std::chrono::nanoseconds>(takes, patience));
    if (takes > patience) throw iothub::TransportError("no answer in time", /*maybe_acted=*/true);
  }

  std::deque<std::function<HttpResponse(const HttpRequest&)>> faults_;
};

class LineToHub final : public iothub::Transport {
 public:
  explicit LineToHub(FlakyHub& hub) : hub_(hub) {}
  HttpResponse send(const iothub::Call& call) override { return hub_.carry(call.request, call.timeout); }

 private:
  FlakyHub& hub_;
};

struct Outcome {
  cli::ExitCode code = cli::ExitCode::ok;
  std::string out;
  std::string err;

  HubFixture::Json json() const { return HubFixture::Json::parse(out); }
};

/// How the world looks to one run, but for the hub.
struct Setup {
  std::map<std::string, std::string> env{};  // beside IOTHUB_CONNECTION_STRING; an empty value unsets
  std::string input{};                       // standard input
  cli::Terminal terminal{};
  int stop_signal = 2;     // SIGINT
  Clock* clock = nullptr;  // the hub's, unless several run at once
};

/// Runs the program in this process, with main's own stack of decorators around the line to the hub.
inline Outcome run_fwctl(FlakyHub& hub, const std::vector<std::string>& arguments, const Setup& setup = {}) {
  std::map<std::string, std::string> env = setup.env;
  env.emplace("IOTHUB_CONNECTION_STRING", hub.connection_string());
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream in(setup.input);
  cli::World world{
      .out = out,
      .err = err,
      .in = in,
      .clock = setup.clock == nullptr ? hub.clock : *setup.clock,
      .env = [&env](const std::string& name) -> std::optional<std::string> {
        const auto found = env.find(name);
        return found == env.end() ? std::nullopt : std::optional(found->second);
      },
      .connect = [&hub](const iothub::HttpOptions&) { return std::make_unique<LineToHub>(hub); },
      .jitter = [] { return 0.5; },
      .stop = {},
      .stop_signal = [&setup] { return setup.stop_signal; },
      .terminal = [&setup] { return setup.terminal; },
  };
  const cli::ExitCode code = cli::run_app(arguments, world);
  return {code, out.str(), err.str()};
}

/// Schedules the job `fw` for the devices that `lines`, as standard input, names; what `more` says wins.
inline Outcome schedule_list(FlakyHub& hub, const std::string& lines, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"schedule",
                                     "--fw-version",
                                     "2.8.5",
                                     "--package-uri",
                                     "https://h/p.bin",
                                     "--check-value",
                                     "c",
                                     "--job-id",
                                     "fw",
                                     "--devices-file",
                                     "-",
                                     "-o",
                                     "json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_fwctl(hub, arguments, {.input = lines});
}

}  // namespace fwctl::test
