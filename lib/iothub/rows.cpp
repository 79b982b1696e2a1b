// Pages of a large query are the one place where reading JSON costs: a fleet of 100,000 twins is 100 MB of it. Rows are
// wanted as their own texts, as the hub wrote them, so a page is checked and cut and nothing is built from it.
#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "fwctl/base/utf8.hpp"
#include "fwctl/iothub/error.hpp"
#include "lib/iothub/codec.hpp"

namespace fwctl::iothub {
namespace {

constexpr int deepest = 100;

/// Reads JSON text by its grammar (RFC 8259). The text ends with a NUL, which no rule takes, so that none looks for
/// the end, and none steps over what it does not know. Of what the grammar allows it mends what other readers refuse:
/// halves of a surrogate pair.
class Scanner {
 public:
  explicit Scanner(std::string& text) : at_(text.data()), end_(text.data() + text.size()) {
    if (text.starts_with("\xEF\xBB\xBF")) at_ += 3;
  }

  /// The whole text is one value. What is at the top of an array goes to `rows`.
  bool document(std::vector<std::string_view>& rows) {
    space();
    is_array_ = *at_ == '[';
    rows_ = &rows;
    if (!value()) return false;
    space();
    return at_ == end_;
  }

  bool is_array() const { return is_array_; }
  bool too_deep() const { return too_deep_; }

 private:
  bool value() {
    switch (*at_) {
      case '"':
        return string();
      case '{':
        return object();
      case '[':
        return array();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  bool object() {
    return container('}', [this] {
      if (*at_ != '"' || !string()) return false;
      space();
      if (!take(':')) return false;
      space();
      return value();
    });
  }

  bool array() {
    return container(']', [this] {
      const char* begin = at_;
      if (!value()) return false;
      if (depth_ == 1 && is_array_) rows_->emplace_back(begin, at_);
      return true;
    });
  }

  /// Members between a bracket and its counterpart, separated by commas.
  template <typename Member>
  bool container(char closing, Member member) {
    ++at_;
    too_deep_ = ++depth_ > deepest;
    if (too_deep_) return false;
    space();
    if (*at_ != closing) {
      do {
        space();
        if (!member()) return false;
        space();
      } while (take(','));
    }
    --depth_;
    return take(closing);
  }

  bool string() {
    ++at_;
    for (;;) {
      skip_plain();
      if (take('"')) return true;
      if (!take('\\') || !escape()) return false;  // a control character, or no such escape
    }
  }

  /// Eight bytes at a time to the next quote, backslash or control character.
  void skip_plain() {
    constexpr std::uint64_t ones = 0x0101010101010101, high = ones * 0x80;
    for (; end_ - at_ >= 8; at_ += 8) {
      std::uint64_t bytes = 0;
      std::memcpy(&bytes, at_, sizeof bytes);
      if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap64(bytes);
      // The top bit of each byte that is below 0x20, '"' or '\'; above the first of them there may be false ones.
      const std::uint64_t quote = bytes ^ (ones * '"'), slash = bytes ^ (ones * '\\');
      const std::uint64_t found =
          (((bytes - ones * 0x20) & ~bytes) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash)) & high;
      if (found != 0) {
        at_ += std::countr_zero(found) / 8;
        return;
      }
    }
    while (*at_ != '"' && *at_ != '\\' && static_cast<unsigned char>(*at_) >= 0x20) ++at_;
  }

  bool escape() {
    if (!take('u')) return std::string_view("\"\\/bfnrt").find(*at_) != std::string_view::npos && take(*at_);
    char* digits = at_;
    const auto unit = hex4();
    if (!unit) return false;
    if (is_low(*unit)) replace(digits);
    if (!is_high(*unit)) return true;
    const auto next = at_[0] == '\\' && at_[1] == 'u' ? low_half() : std::nullopt;
    if (!next) replace(digits);
    return true;
  }

  /// Takes `\uDC00` to `\uDFFF` when that is what comes.
  std::optional<unsigned> low_half() {
    char* const before = at_;
    at_ += 2;
    const auto unit = hex4();
    if (unit && is_low(*unit)) return unit;
    at_ = before;
    return std::nullopt;
  }

  std::optional<unsigned> hex4() {
    unsigned unit = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = *at_;
      const int digit = is_digit(c)              ? c - '0'
                        : (c >= 'a' && c <= 'f') ? c - 'a' + 10
                        : (c >= 'A' && c <= 'F') ? c - 'A' + 10
                                                 : -1;
      if (digit < 0) return std::nullopt;
      unit = unit * 16 + static_cast<unsigned>(digit);
    }
    return unit;
  }

  static bool is_high(unsigned unit) { return unit >= 0xD800 && unit < 0xDC00; }
  static bool is_low(unsigned unit) { return unit >= 0xDC00 && unit < 0xE000; }
  static void replace(char* digits) { std::memcpy(digits, "fffd", 4); }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('-')) take('+');
      return digits();
    }
    return true;
  }

  bool digits() {
    const char* begin = at_;
    while (is_digit(*at_)) ++at_;
    return at_ != begin;
  }

  bool word(std::string_view letters) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(letters)) return false;
    at_ += letters.size();
    return true;
  }

  /// A line break becomes a blank: there is none within a string, and a row must fit on one line.
  void space() {
    for (; static_cast<unsigned char>(*at_) <= ' '; ++at_) {
      if (*at_ == '\n' || *at_ == '\r') *at_ = ' ';
      if (*at_ != ' ' && *at_ != '\t') return;
    }
  }

  bool take(char c) {
    if (*at_ != c) return false;
    ++at_;
    return true;
  }

  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  char* at_;
  const char* end_;
  std::vector<std::string_view>* rows_ = nullptr;
  int depth_ = 0;
  bool is_array_ = false;
  bool too_deep_ = false;
};

}  // namespace

std::vector<std::string> rows_from_text(std::string text, std::string_view what) {
  text = with_utf8_mended(std::move(text));
  std::vector<std::string_view> rows;
  Scanner scanner(text);
  const auto refuse = [&](std::string_view why) {
    return ProtocolError(fmt::format("the hub's answer for {} is {}", what, why));
  };
  if (!scanner.document(rows)) {
    throw refuse(scanner.too_deep() ? fmt::format("nested deeper than {} levels", deepest) : "not JSON");
  }
  if (!scanner.is_array()) throw refuse("not a JSON array");
  return {rows.begin(), rows.end()};
}

}  // namespace fwctl::iothub
