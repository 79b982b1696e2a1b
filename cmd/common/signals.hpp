#pragma once

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <stop_token>
#include <thread>

namespace fwctl::cli {

/// SIGINT and SIGTERM as a stop token: the first asks to stop, the second ends the process at once.
/// Make one at the head of main, before any thread exists; it lives as long as the process.
class Signals {
 public:
  Signals() {
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of the stream, told by the exit code
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::thread([signals, this] {
      int signal = 0;
      sigwait(&signals, &signal);
      last_ = signal;
      source_.request_stop();
      sigwait(&signals, &signal);
      _exit(128 + signal);
    }).detach();
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  std::stop_token token() const { return source_.get_token(); }
  /// The signal that asked us to stop.
  int last() const { return last_; }

 private:
  std::stop_source source_;
  std::atomic<int> last_{SIGINT};
};

}  // namespace fwctl::cli
