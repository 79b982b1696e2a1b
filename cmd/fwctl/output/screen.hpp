#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

#include "cmd/fwctl/world.hpp"

namespace fwctl::cli {

/// A block of lines below everything else on a terminal, drawn again in its place. Between two drawings the cursor
/// stands at the begin of the line after it.
class Screen {
 public:
  explicit Screen(std::ostream& out) : out_(out) {}

  /// In place of what was drawn before. Lines beyond the window's height are left out: what has scrolled away can't be
  /// drawn over.
  void draw(const std::vector<std::string>& lines, const Terminal& window);
  /// Takes the block away: what is written next stands where it began.
  void erase(const Terminal& window);
  /// Leaves the block where it is, for good.
  void release() {
    widths_.clear();
    scrolled_.clear();
  }

 private:
  std::string to_top(const Terminal& window);

  std::ostream& out_;
  std::vector<std::size_t> widths_;    // of the lines that stand there
  std::vector<std::size_t> scrolled_;  // of those above them that a smaller window has pushed out: they may come back
};

}  // namespace fwctl::cli
