#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace fwctl::cli {

/// What a bar stands for, which decides its colour.
enum class Tone { neutral, good, busy, bad };

/// A line with a label, a bar that is as full as `count` of `of`, and the numbers.
struct Bar {
  std::string label;
  std::int64_t count = 0;
  std::int64_t of = 0;
  Tone tone = Tone::neutral;
};

/// What a watch shows on a terminal: a title, bars, and facts, which stand side by side as far as there is room.
struct Board {
  std::string title;
  std::vector<Bar> bars;
  std::vector<std::string> facts;
  std::vector<std::string> rows;  // below; cut where the window ends
};

struct BoardStyle {
  std::size_t width = 80;  // columns of the window
  bool colors = false;
  bool unicode = false;  // else bars are ASCII
};

/// The lines of a board, none as wide as the window, so that no terminal breaks one. From 20 columns on.
std::vector<std::string> render(const Board& board, const BoardStyle& style);

}  // namespace fwctl::cli
