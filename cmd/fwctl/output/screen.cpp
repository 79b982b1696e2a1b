#include "cmd/fwctl/output/screen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>

#include "cmd/fwctl/output/text.hpp"

namespace fwctl::cli {
namespace {

constexpr const char* clear_line = "\x1b[K";
constexpr const char* clear_below = "\x1b[J";

/// Rows for a block: the cursor stands in the one after it.
std::size_t room_in(const Terminal& window) { return static_cast<std::size_t>(std::max(window.height, 2)) - 1; }

std::size_t rows_of(std::size_t width, std::size_t columns) {
  return std::max<std::size_t>((width + columns - 1) / columns, 1);
}

/// The lines that so many rows show, the last one perhaps in part.
std::vector<std::size_t> first_rows(const std::vector<std::size_t>& widths, std::size_t rows, std::size_t columns) {
  std::vector<std::size_t> first;
  for (std::size_t i = 0; i < widths.size() && rows > 0; ++i) {
    const std::size_t shown = std::min(rows, rows_of(widths[i], columns));
    first.push_back(std::min(widths[i], shown * columns));
    rows -= shown;
  }
  return first;
}

}  // namespace

/// A window that has become narrower has broken lines that were wider, as most terminals do. What does not fit has
/// scrolled away, and is back once the window is large again.
std::string Screen::to_top(const Terminal& window) {
  const auto columns = static_cast<std::size_t>(std::max(window.width, 1));
  std::vector<std::size_t> standing = std::exchange(scrolled_, {});
  standing.insert(standing.end(), widths_.begin(), widths_.end());
  widths_.clear();
  std::size_t rows = 0;
  for (const std::size_t width : standing) rows += rows_of(width, columns);
  const std::size_t reach = std::min(rows, room_in(window));
  scrolled_ = first_rows(standing, rows - reach, columns);
  return reach == 0 ? "\r" : fmt::format("\r\x1b[{}A", reach);
}

void Screen::draw(const std::vector<std::string>& lines, const Terminal& window) {
  std::string text = to_top(window);
  const std::size_t room = room_in(window);
  for (std::size_t i = 0; i < std::min(lines.size(), room); ++i) {
    text += clear_line + lines[i] + "\n";
    widths_.push_back(width_of(lines[i]));
  }
  out_ << text << clear_below << std::flush;
}

void Screen::erase(const Terminal& window) {
  if (widths_.empty()) return;
  out_ << to_top(window) << clear_below << std::flush;
  scrolled_.clear();  // what is written now stands between
}

}  // namespace fwctl::cli
