#pragma once

#include <string>

#include "cmd/fwctl/context.hpp"
#include "cmd/fwctl/output/board.hpp"
#include "fwctl/firmware/census.hpp"
#include "fwctl/firmware/pace.hpp"

namespace fwctl::cli {

/// What a board shows of a fleet under way: how its devices stand, how fast they come to their end and when that will
/// be, how old the numbers are, and what asking for them has cost.
class Progress {
 public:
  explicit Progress(Context& ctx) : ctx_(ctx), started_(ctx.clock.uptime()) {}

  /// New numbers.
  void saw(const firmware::FleetCount& count);

  /// A board with a bar for each verdict and phase, full when all of so many `devices` have it. The title is followed
  /// by the time that the watch has taken.
  Board board(const std::string& title, std::int64_t devices) const;

 private:
  std::vector<Bar> bars(std::int64_t devices) const;
  std::vector<std::string> facts(std::int64_t devices) const;

  Context& ctx_;
  std::chrono::nanoseconds started_;
  firmware::FleetCount count_;
  firmware::Pace pace_;
};

}  // namespace fwctl::cli
