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

}  // namespace

/// A window that has become narrower has broken lines that were wider, as most terminals do.
std::string Screen::to_top(const Terminal& window) const {
  const auto columns = static_cast<std::size_t>(std::max(window.width, 1));
  std::size_t rows = 0;
  for (const std::size_t width : widths_) rows += std::max<std::size_t>((width + columns - 1) / columns, 1);
  rows = std::min(rows, static_cast<std::size_t>(std::max(window.height, 2)) - 1);
  return rows == 0 ? "\r" : fmt::format("\r\x1b[{}A", rows);
}

void Screen::draw(const std::vector<std::string>& lines, const Terminal& window) {
  std::string text = to_top(window);
  widths_.clear();
  const std::size_t room = static_cast<std::size_t>(std::max(window.height, 2)) - 1;
  for (std::size_t i = 0; i < std::min(lines.size(), room); ++i) {
    text += clear_line + lines[i] + "\n";
    widths_.push_back(width_of(lines[i]));
  }
  out_ << text << clear_below << std::flush;
}

void Screen::erase(const Terminal& window) {
  if (widths_.empty()) return;
  out_ << to_top(window) << clear_below << std::flush;
  widths_.clear();
}

}  // namespace fwctl::cli
