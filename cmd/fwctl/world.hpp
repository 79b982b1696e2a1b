#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "cmd/common/environment.hpp"
#include "fwctl/base/clock.hpp"
#include "fwctl/iothub/transport.hpp"

namespace fwctl::cli {

struct Terminal {
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  int width = 80;  // columns
  int height = 24;
};

/// Everything outside of the program that a run may touch. Main builds the real one, tests build theirs.
struct World {
  std::ostream& out;
  std::ostream& err;
  std::istream& in;
  Clock& clock;
  Environment env;
  /// The innermost transport; the decorators are put around it here, so that tests run the same stack.
  std::function<std::unique_ptr<iothub::Transport>(iothub::HttpOptions)> connect;
  std::function<double()> jitter;      // numbers in [0, 1)
  std::stop_token stop;                // the user wants us to stop
  std::function<int()> stop_signal;    // which signal said so
  std::function<Terminal()> terminal;  // as it is now: a window changes its size
};

}  // namespace fwctl::cli
