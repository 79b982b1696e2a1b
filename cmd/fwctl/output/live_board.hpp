#pragma once

#include <functional>
#include <iosfwd>

#include "cmd/fwctl/context.hpp"
#include "cmd/fwctl/output/board.hpp"
#include "cmd/fwctl/output/screen.hpp"

namespace fwctl::cli {

/// A board in its place on a terminal: drawn again once a second while the program waits, and out of the way of every
/// line on stderr. When its life ends it stands where it is, unless it was erased.
class LiveBoard {
 public:
  LiveBoard(Context& ctx, std::ostream& out, std::function<Board()> board);
  ~LiveBoard();
  LiveBoard(const LiveBoard&) = delete;
  LiveBoard& operator=(const LiveBoard&) = delete;

  /// What it shows now; the first time makes it appear.
  void draw();
  /// Takes it away for good.
  void erase();

 private:
  Context& ctx_;
  Screen screen_;
  std::function<Board()> board_;
  bool shown_ = false;
};

}  // namespace fwctl::cli
