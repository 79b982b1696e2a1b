#include "cmd/fwctl/output/board.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "cmd/fwctl/output/text.hpp"

namespace fwctl::cli {
namespace {

constexpr std::size_t widest_bar = 60;
constexpr std::size_t label_width = 13;  // of "write failed", and a blank
constexpr std::string_view gap = "   ";

std::string colored(const std::string& text, Tone tone) {
  switch (tone) {
    case Tone::good:
      return "\x1b[32m" + text + "\x1b[0m";
    case Tone::busy:
      return "\x1b[33m" + text + "\x1b[0m";
    case Tone::bad:
      return "\x1b[31m" + text + "\x1b[0m";
    default:
      return text;
  }
}

/// Whole cells. What is there shows, however few it is, and only all of it fills the bar.
std::size_t cells_of(const Bar& bar, std::size_t width) {
  if (bar.count <= 0 || bar.of <= 0 || width == 0) return 0;
  const auto share = static_cast<double>(bar.count) / static_cast<double>(bar.of);
  if (share >= 1) return width;
  const auto cells = static_cast<std::size_t>(share * static_cast<double>(width) + 0.5);
  return std::clamp<std::size_t>(cells, 1, std::max<std::size_t>(width, 2) - 1);
}

std::string repeated(std::string_view cell, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += cell;
  return text;
}

std::string bar_text(const Bar& bar, std::size_t width, const BoardStyle& style) {
  const std::size_t full = cells_of(bar, width);
  const std::string done = repeated(style.unicode ? "█" : "#", full);
  return (style.colors && full > 0 ? colored(done, bar.tone) : done) +
         repeated(style.unicode ? "·" : ".", width - full);
}

/// Rounded down, so that 100 % is all of it.
std::string percent(const Bar& bar) {
  return bar.of <= 0
             ? ""
             : fmt::format("{:>4}%",
                           static_cast<int>(100.0 * static_cast<double>(bar.count) / static_cast<double>(bar.of)));
}

void add_bars(std::vector<std::string>& lines, const Board& board, const BoardStyle& style) {
  std::size_t digits = 0;
  for (const Bar& bar : board.bars) digits = std::max(digits, fmt::formatted_size("{}", bar.count));
  constexpr std::size_t percent_width = 5;
  const std::size_t taken = label_width + 1 + digits + percent_width + 1;
  const std::size_t width = style.width > taken ? std::min(style.width - taken, widest_bar) : 0;
  for (const Bar& bar : board.bars) {
    lines.push_back(fmt::format("{:<{}}{} {:>{}}{}", bar.label, label_width, bar_text(bar, width, style), bar.count,
                                digits, percent(bar)));
  }
}

void add_facts(std::vector<std::string>& lines, const Board& board, std::size_t room) {
  std::string line;
  for (const std::string& fact : board.facts) {
    if (!line.empty() && width_of(line) + gap.size() + width_of(fact) > room) lines.push_back(std::exchange(line, {}));
    line += (line.empty() ? "" : std::string(gap)) + fact;
  }
  if (!line.empty()) lines.push_back(line);
}

}  // namespace

std::vector<std::string> render(const Board& board, const BoardStyle& style) {
  const std::size_t room = std::max<std::size_t>(style.width, 2) - 1;
  std::vector<std::string> lines{board.title};
  add_bars(lines, board, style);
  add_facts(lines, board, room);
  lines.insert(lines.end(), board.rows.begin(), board.rows.end());
  for (std::string& line : lines) line = cut_to(line, room);
  return lines;
}

}  // namespace fwctl::cli
