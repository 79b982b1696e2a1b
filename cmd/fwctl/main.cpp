#include <openssl/crypto.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>

#include "cmd/fwctl/app.hpp"

namespace {

struct Stopping {
  std::stop_source source;
  std::atomic<int> signal{SIGINT};
};

/// The first SIGINT or SIGTERM asks to stop; the second ends the process at once. Call before any thread exists.
void listen_for_signals(Stopping& stopping) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of the stream, told by the exit code
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread([signals, &stopping] {
    int signal = 0;
    sigwait(&signals, &signal);
    stopping.signal = signal;
    stopping.source.request_stop();
    sigwait(&signals, &signal);
    _exit(128 + signal);
  }).detach();
}

fwctl::cli::Terminal look_at_terminal() {
  fwctl::cli::Terminal terminal{isatty(STDOUT_FILENO) == 1, isatty(STDERR_FILENO) == 1};
  winsize size{};
  const int shown = terminal.err_is_terminal ? STDERR_FILENO : STDOUT_FILENO;
  if (ioctl(shown, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) terminal.width = size.ws_col;
  return terminal;
}

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

/// Ends without static destructors: the signal thread lives to the end, and cpprestsdk's pool is not to be joined.
[[noreturn]] void leave(fwctl::cli::ExitCode code) {
  std::cout.flush();
  std::cerr.flush();
#ifdef __SANITIZE_ADDRESS__
  std::exit(static_cast<int>(code));  // the leak check runs at exit
#else
  _exit(static_cast<int>(code));
#endif
}

}  // namespace

int main(int argc, char** argv) {
  // Otherwise OpenSSL tidies up at exit while a thread of cpprestsdk still uses it.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
  static Stopping stopping;
  listen_for_signals(stopping);
  std::ios::sync_with_stdio(false);

  fwctl::SystemClock clock(stopping.source.get_token());
  std::minstd_rand random(std::random_device{}());
  fwctl::cli::World world{
      .out = std::cout,
      .err = std::cerr,
      .in = std::cin,
      .clock = clock,
      .env = environment,
      .connect = fwctl::iothub::make_cpprest_transport,
      .jitter = [&random] { return std::uniform_real_distribution<>(0, 1)(random); },
      .stop = stopping.source.get_token(),
      .stop_signal = [] { return stopping.signal.load(); },
      .terminal = look_at_terminal(),
  };
  leave(fwctl::cli::run_app({argv + 1, argv + argc}, world));
}
