#pragma once

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <stop_token>
#include <thread>

namespace fwctl::cli {

/// SIGINT, SIGTERM and, but under nohup, SIGHUP as a stop token: the first asks to stop, the second ends the process at
/// once. Signals that come together are one: `timeout` sends its own to the process and to its group.
/// Make one at the head of main, before any thread exists; it lives as long as the process.
class Signals {
 public:
  Signals() {
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of the stream, told by the exit code
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    if (!is_ignored(SIGHUP)) sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::thread([signals, this] { wait(signals); }).detach();
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  std::stop_token token() const { return source_.get_token(); }
  /// The signal that asked us to stop.
  int last() const { return last_; }

 private:
  static bool is_ignored(int signal) {
    struct sigaction action {};
    return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
  }

  [[noreturn]] void wait(const sigset_t& signals) {
    constexpr std::chrono::milliseconds together{200};
    int signal = 0;
    sigwait(&signals, &signal);
    const auto first = std::chrono::steady_clock::now();
    last_ = signal;
    source_.request_stop();
    do sigwait(&signals, &signal);
    while (std::chrono::steady_clock::now() < first + together);
    _exit(128 + (signal == SIGHUP ? SIGTERM : signal));
  }

  std::stop_source source_;
  std::atomic<int> last_{SIGINT};
};

}  // namespace fwctl::cli
