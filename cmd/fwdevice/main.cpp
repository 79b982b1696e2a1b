#include <openssl/crypto.h>

#include <iostream>
#include <random>

#include "cmd/common/process.hpp"
#include "cmd/common/signals.hpp"
#include "cmd/fwdevice/app.hpp"

int main(int argc, char** argv) {
  // Otherwise OpenSSL tidies up at exit while a thread of cpprestsdk still uses it.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
  static const fwctl::cli::Signals signals;
  std::ios::sync_with_stdio(false);

  fwctl::SystemClock clock(signals.token());
  std::mt19937_64 random(std::random_device{}());
  fwctl::device::cli::World world{
      .out = std::cout,
      .err = std::cerr,
      .in = std::cin,
      .clock = clock,
      .env = fwctl::cli::environment,
      .connect = fwctl::iothub::make_cpprest_transport,
      .jitter = [&random] { return std::uniform_real_distribution<>(0, 1)(random); },
      .stop = signals.token(),
  };
  fwctl::cli::leave(static_cast<int>(fwctl::device::cli::run_app({argv + 1, argv + argc}, world)));
}
