#include "lib/localhub/query/lexer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "lib/localhub/query/query.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::ptrdiff_t longest_query = 8192;  // characters

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name(char c) { return is_name_start(c) || is_digit(c); }

void append_utf8(std::string& out, unsigned code) {
  const auto byte = [&](unsigned value) { out += static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | (code >> 6));
    byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | (code >> 12));
    byte(0x80 | ((code >> 6) & 0x3F));
    byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | (code >> 18));
    byte(0x80 | ((code >> 12) & 0x3F));
    byte(0x80 | ((code >> 6) & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

class Lexer {
 public:
  Lexer(std::string_view text, Place start) : text_(text), place_(start) {}

  std::vector<Token> run() {
    std::vector<Token> tokens;
    do {
      skip_blanks();
      start_ = place_;
      tokens.push_back(next());
      tokens.back().place = start_;
    } while (tokens.back().kind != Token::Kind::end);
    return tokens;
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool done() const { return at_ >= text_.size(); }

  char take() {
    const char c = text_[at_++];
    if (c == '\n') {
      ++place_.line;
      place_.column = 1;
    } else {
      ++place_.column;
    }
    return c;
  }

  void skip_blanks() {
    while (!done() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')) take();
  }

  Token next() {
    if (done()) return {Token::Kind::end, "the end of the query", {}};
    if (is_digit(peek()) || (peek() == '.' && is_digit(peek(1)))) return number();
    if (is_name_start(peek())) return name();
    if (peek() == '\'' || peek() == '"') return text();
    if (peek() == '[' && peek(1) == '[') return escaped_name();
    return symbol();
  }

  Token name() {
    std::string word;
    while (!done() && is_name(peek())) word += take();
    return {Token::Kind::name, word, {}};
  }

  Token escaped_name() {
    take(), take();
    std::string word;
    while (!(peek() == ']' && peek(1) == ']')) {
      if (done()) query_error(start_, "[[ is not closed by ]]");
      word += take();
    }
    take(), take();
    return {Token::Kind::escaped_name, word, {}};
  }

  Token number() {
    std::string digits;
    bool real = false;
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X')) return hex();
    while (is_digit(peek())) digits += take();
    if (peek() == '.' && is_digit(peek(1))) {
      real = true;
      do digits += take();
      while (is_digit(peek()));
    }
    const bool signed_exponent = (peek(1) == '+' || peek(1) == '-') && is_digit(peek(2));
    if ((peek() == 'e' || peek() == 'E') && (is_digit(peek(1)) || signed_exponent)) {
      real = true;
      digits += take();
      do digits += take();
      while (is_digit(peek()));
    }
    if (is_name(peek())) query_error(start_, "a number runs into a name");
    return {real ? Token::Kind::real : Token::Kind::integer, digits, {}};
  }

  Token hex() {
    take(), take();
    std::string digits;
    while (std::isxdigit(static_cast<unsigned char>(peek())) != 0) digits += take();
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.empty() || error != std::errc{} || value > INT64_MAX)
      query_error(start_, "a hexadecimal number is malformed");
    return {Token::Kind::integer, std::to_string(value), {}};
  }

  Token text() {
    const char quote = take();
    std::string value;
    for (;;) {
      if (done()) query_error(start_, "a string is not closed");
      const char c = take();
      if (c == quote && peek() == quote) {
        value += take();  // a doubled quote stands for one
      } else if (c == quote) {
        return {Token::Kind::text, value, {}};
      } else if (c == '\\') {
        escape(value);
      } else {
        value += c;
      }
    }
  }

  void escape(std::string& value) {
    if (done()) query_error(start_, "a string is not closed");
    constexpr std::string_view written = "bfnrt";
    constexpr std::string_view meant = "\b\f\n\r\t";
    const char c = take();
    if (c == 'u') {
      append_utf8(value, unicode());
    } else if (const std::size_t index = written.find(c); index != std::string_view::npos) {
      value += meant[index];
    } else if (std::string_view("'\"\\/").find(c) != std::string_view::npos) {
      value += c;
    } else {
      query_error(start_, "a string holds an unknown escape");
    }
  }

  unsigned unicode() {
    const unsigned high = four_hex();
    const bool surrogate = high >= 0xD800 && high < 0xDC00;
    if (!surrogate && (high < 0xDC00 || high > 0xDFFF)) return high;
    if (surrogate && peek() == '\\' && peek(1) == 'u') {
      take(), take();
      const unsigned low = four_hex();
      if (low >= 0xDC00 && low < 0xE000) return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    }
    query_error(start_, "a string holds half of a surrogate pair");
  }

  unsigned four_hex() {
    unsigned value = 0;
    for (int i = 0; i < 4; ++i) {
      if (done() || std::isxdigit(static_cast<unsigned char>(peek())) == 0)
        query_error(start_, "\\u needs four hex digits");
      const char c = take();
      value = value * 16 + static_cast<unsigned>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
  }

  Token symbol() {
    static constexpr std::array<std::string_view, 4> pairs{"!=", "<>", "<=", ">="};
    for (const std::string_view pair : pairs) {
      if (text_.substr(at_, 2) != pair) continue;
      take(), take();
      return {Token::Kind::symbol, pair == "<>" ? "!=" : std::string(pair), {}};
    }
    const char c = take();
    if (std::string_view("=<>+-*/%(),.[]").find(c) == std::string_view::npos) {
      query_error(start_, fmt::format("Unexpected character '{}'", c));
    }
    return {Token::Kind::symbol, std::string(1, c), {}};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Place place_;
  Place start_;
};

}  // namespace

void query_error(const Place& place, const std::string& why) {
  throw QueryError(fmt::format("Line {}:{} {}", place.line, place.column, why));
}

bool is_too_long(std::string_view text) {
  const auto begins_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return std::count_if(text.begin(), text.end(), begins_character) > longest_query;
}

std::vector<Token> tokenize(std::string_view text, Place start) {
  if (is_too_long(text)) query_error({}, fmt::format("The query is longer than {} characters", longest_query));
  return Lexer(text, start).run();
}

}  // namespace fwctl::localhub
