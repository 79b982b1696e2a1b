#include <malloc.h>
#include <openssl/crypto.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>
#include <random>

#include "cmd/common/process.hpp"
#include "cmd/common/signals.hpp"
#include "cmd/fwctl/app.hpp"

namespace {

fwctl::cli::Terminal look_at_terminal() {
  fwctl::cli::Terminal terminal{isatty(STDOUT_FILENO) == 1, isatty(STDERR_FILENO) == 1};
  winsize size{};
  const int shown = terminal.err_is_terminal ? STDERR_FILENO : STDOUT_FILENO;
  if (ioctl(shown, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
    terminal.width = size.ws_col;
    terminal.height = size.ws_row;
  }
  return terminal;
}

}  // namespace

int main(int argc, char** argv) {
  // Otherwise OpenSSL tidies up at exit while a thread of cpprestsdk still uses it.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
  // Pages of a query take the place of each other; the heap need not shrink and grow in between.
  mallopt(M_TOP_PAD, 1024 * 1024);
  static const fwctl::cli::Signals signals;
  std::ios::sync_with_stdio(false);

  fwctl::SystemClock clock(signals.token());
  std::minstd_rand random(std::random_device{}());
  fwctl::cli::World world{
      .out = std::cout,
      .err = std::cerr,
      .in = std::cin,
      .clock = clock,
      .env = fwctl::cli::environment,
      .connect = fwctl::iothub::make_cpprest_transport,
      .jitter = [&random] { return std::uniform_real_distribution<>(0, 1)(random); },
      .stop = signals.token(),
      .stop_signal = [] { return signals.last(); },
      .terminal = look_at_terminal,
  };
  fwctl::cli::leave(static_cast<int>(fwctl::cli::run_app({argv + 1, argv + argc}, world)));
}
