#include <openssl/crypto.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>

#include "cmd/fwdevice/app.hpp"

namespace {

/// The first SIGINT or SIGTERM asks to stop; the second ends the process at once. Call before any thread exists.
void listen_for_signals(std::stop_source& stopping) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of the stream, a lost connection one of the link
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread([signals, &stopping] {
    int signal = 0;
    sigwait(&signals, &signal);
    stopping.request_stop();
    sigwait(&signals, &signal);
    _exit(128 + signal);
  }).detach();
}

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

/// Ends without static destructors: the signal thread lives to the end, and cpprestsdk's pool is not to be joined.
[[noreturn]] void leave(fwctl::device::cli::ExitCode code) {
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
  static std::stop_source stopping;
  listen_for_signals(stopping);
  std::ios::sync_with_stdio(false);

  fwctl::SystemClock clock(stopping.get_token());
  std::mt19937_64 random(std::random_device{}());
  fwctl::device::cli::World world{
      .out = std::cout,
      .err = std::cerr,
      .in = std::cin,
      .clock = clock,
      .env = environment,
      .connect = fwctl::iothub::make_cpprest_transport,
      .jitter = [&random] { return std::uniform_real_distribution<>(0, 1)(random); },
      .stop = stopping.get_token(),
  };
  leave(fwctl::device::cli::run_app({argv + 1, argv + argc}, world));
}
