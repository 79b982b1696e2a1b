#include "cmd/fwctl/output/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace fwctl::cli {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// How many bytes the sequence has that starts with `lead`; 0: no sequence starts so.
std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0;  // 0: not UTF-8
};

CodePoint next_code_point(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = sequence_length(lead);
  if (length == 0 || length > text.size()) return {};
  std::uint32_t value = length == 1 ? lead : lead & (0x7FU >> length);
  for (const char c : text.substr(1, length - 1)) {
    if (!is_continuation(c)) return {};
    value = (value << 6U) | (static_cast<unsigned char>(c) & 0x3FU);
  }
  return {value, length};
}

bool is_harmful(std::uint32_t point) {
  const bool control = point < 0x20 || (point >= 0x7F && point < 0xA0);
  const bool line_break = point == 0x2028 || point == 0x2029;
  const bool reorders = (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) ||
                        point == 0x200E || point == 0x200F || point == 0x061C;
  return control || line_break || reorders;
}

std::string escape(std::uint32_t point) {
  switch (point) {
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    case '\r':
      return "\\r";
    default:
      return fmt::format("\\u{:04x}", point);
  }
}

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

template <std::size_t Count>
bool is_in(const std::array<Range, Count>& ranges, std::uint32_t point) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const Range& range) { return point >= range.first && point <= range.last; });
}

constexpr std::array combining{Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},
                               Range{0x064B, 0x065F}, Range{0x0E34, 0x0E3A}, Range{0x200B, 0x200D},
                               Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}};
constexpr std::array wide{Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},  Range{0x3041, 0xA4CF},
                          Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},  Range{0xFE30, 0xFE6F},
                          Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},  Range{0x1F300, 0x1F64F},
                          Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};

/// What a terminal takes at a time: a letter, or a colour.
struct Piece {
  std::size_t length = 1;
  std::size_t columns = 1;
};

Piece next_piece(std::string_view text) {
  if (text.starts_with("\x1b[")) return {std::min(text.find('m'), text.size() - 1) + 1, 0};
  const CodePoint point = next_code_point(text);
  if (point.length == 0) return {};
  return {point.length, is_in(combining, point.value) ? 0U : is_in(wide, point.value) ? 2U : 1U};
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = next_code_point(text);
    if (point.length == 0) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    } else if (is_harmful(point.value)) {
      result += escape(point.value);
    } else {
      result += text.substr(0, point.length);
    }
    text.remove_prefix(std::max<std::size_t>(point.length, 1));
  }
  return result;
}

std::string shown(std::string_view typed) {
  constexpr std::size_t most = 200;
  if (typed.find("SharedAccess") != std::string_view::npos) return "(a connection string or token)";
  if (typed.size() <= most) return "'" + std::string(typed) + "'";
  std::size_t end = most;
  while (end > 0 && is_continuation(typed[end])) --end;
  return fmt::format("'{}…' ({} bytes)", typed.substr(0, end), typed.size());
}

std::size_t width_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Piece piece = next_piece(text);
    columns += piece.columns;
    text.remove_prefix(piece.length);
  }
  return columns;
}

std::string cut_to(std::string_view text, std::size_t columns) {
  if (width_of(text) <= columns) return std::string(text);
  std::string kept;
  bool colored = false;
  for (std::size_t used = 0; !text.empty();) {
    const Piece piece = next_piece(text);
    if (used + piece.columns > columns) break;
    used += piece.columns;
    colored |= text.front() == '\x1b';
    kept += text.substr(0, piece.length);
    text.remove_prefix(piece.length);
  }
  return colored ? kept + "\x1b[0m" : kept;
}

}  // namespace fwctl::cli
