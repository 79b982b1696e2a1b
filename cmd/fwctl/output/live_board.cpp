#include "cmd/fwctl/output/live_board.hpp"

#include <algorithm>
#include <utility>

namespace fwctl::cli {
namespace {

/// Whether the user's terminal shows more than ASCII, by the variables that say so to every program.
bool is_utf8(const Context& ctx) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string locale = ctx.env(name).value_or("");
    if (locale.empty()) continue;
    std::transform(locale.begin(), locale.end(), locale.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
  }
  return false;
}

}  // namespace

LiveBoard::LiveBoard(Context& ctx, std::ostream& out, std::function<Board()> board)
    : ctx_(ctx), screen_(out), board_(std::move(board)) {
  const auto redraw = [this] {
    if (shown_) draw();
  };
  ctx_.accompany({std::chrono::seconds{1}, redraw, [this] { screen_.erase(ctx_.terminal()); }, redraw});
}

LiveBoard::~LiveBoard() { ctx_.accompany({}); }

void LiveBoard::draw() {
  const Terminal window = ctx_.terminal();
  const BoardStyle style{static_cast<std::size_t>(window.width), ctx_.colors(), is_utf8(ctx_)};
  screen_.draw(render(board_(), style), window);
  shown_ = true;
}

void LiveBoard::erase() {
  screen_.erase(ctx_.terminal());
  shown_ = false;
}

}  // namespace fwctl::cli
