#include "fwctl/base/utf8.hpp"

#include <cstdint>
#include <cstring>
#include <string_view>

namespace fwctl {
namespace {

std::size_t ascii_at(std::string_view text, std::size_t from) {
  std::size_t at = from;
  for (std::uint64_t bytes = 0; at + sizeof bytes <= text.size(); at += sizeof bytes) {
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    if ((bytes & 0x8080808080808080U) != 0) break;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at - from;
}

/// The length of the sequence of two to four bytes that the text begins with; 0: none, or one that is too long for its
/// code point, a surrogate, or above U+10FFFF.
std::size_t sequence_at(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned lead = byte(0);
  // The second byte decides what the first leaves open.
  const unsigned least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (lead < 0xC2 || lead > 0xF4 || byte(1) < least || byte(1) > most) return 0;
  if (lead < 0xE0) return 2;
  if (!continues(2)) return 0;
  if (lead < 0xF0) return 3;
  return continues(3) ? 4 : 0;
}

/// How many bytes from `from` on are UTF-8.
std::size_t good_at(std::string_view text, std::size_t from) {
  std::size_t at = from;
  for (;;) {
    at += ascii_at(text, at);
    const std::size_t length = sequence_at(text.substr(at));
    if (length == 0) return at - from;
    at += length;
  }
}

}  // namespace

std::string with_utf8_mended(std::string text) {
  std::size_t at = good_at(text, 0);
  if (at == text.size()) return text;
  std::string mended(text, 0, at);
  while (at < text.size()) {
    mended += "\xEF\xBF\xBD";
    const std::size_t good = good_at(text, ++at);
    mended.append(text, at, good);
    at += good;
  }
  return mended;
}

}  // namespace fwctl
