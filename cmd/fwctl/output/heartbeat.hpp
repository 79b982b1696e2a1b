#pragma once

#include <functional>
#include <utility>

#include "cmd/fwctl/context.hpp"

namespace fwctl::cli {

/// Where no board stands: does something every ten seconds or so while the program waits, so that a look that takes
/// long, for the hub's sake or the budget's, is not silent.
class Heartbeat {
 public:
  Heartbeat(Context& ctx, std::function<void()> beat) : ctx_(ctx) {
    ctx.accompany({.every = std::chrono::seconds{10}, .meanwhile = std::move(beat)});
  }
  ~Heartbeat() { ctx_.accompany({}); }
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

 private:
  Context& ctx_;
};

}  // namespace fwctl::cli
