#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <stop_token>
#include <string>

#include "cmd/common/environment.hpp"
#include "fwctl/base/clock.hpp"
#include "fwctl/device/backoff.hpp"
#include "fwctl/iothub/transport.hpp"

namespace fwctl::device::cli {

using fwctl::cli::Environment;

/// Everything outside of the program that a run may touch, but the MQTT sockets. Main builds the real one, tests
/// build theirs.
struct World {
  std::ostream& out;
  std::ostream& err;
  std::istream& in;
  Clock& clock;
  Environment env;
  std::function<std::unique_ptr<iothub::Transport>(iothub::HttpOptions)> connect;
  Jitter jitter;
  std::stop_token stop;  // the user wants us to stop
};

}  // namespace fwctl::device::cli
