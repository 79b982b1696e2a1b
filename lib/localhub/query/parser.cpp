#include "lib/localhub/query/parser.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "lib/localhub/query/lexer.hpp"

namespace fwctl::localhub {
namespace {

// SQLite itself takes trees of 1000 levels, and one of ours becomes up to seven of its.
constexpr int deepest = 60;

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

constexpr std::array<std::string_view, 18> reserved{"SELECT", "TOP",  "AS",    "FROM",      "WHERE", "GROUP",
                                                    "BY",     "AND",  "OR",    "NOT",       "IN",    "NIN",
                                                    "NULL",   "TRUE", "FALSE", "UNDEFINED", "ORDER", "DISTINCT"};

bool is_reserved(const std::string& word) {
  return std::find(reserved.begin(), reserved.end(), upper(word)) != reserved.end();
}

bool is_aggregate(const std::string& word) {
  return word == "COUNT" || word == "AVG" || word == "SUM" || word == "MIN" || word == "MAX";
}

/// For twins; the others are documented for routing messages.
bool is_documented(const std::string& function) {
  return function == "IS_DEFINED" || function == "STARTSWITH" || function == "ENDSWITH" || function == "ARRAY_CONTAINS";
}

bool is_metadata(const Expression& expression) {
  const auto* path = std::get_if<Path>(&expression.node);
  return path != nullptr &&
         std::find(path->segments.begin(), path->segments.end(), "$metadata") != path->segments.end();
}

template <typename Node>
ExpressionPtr make(Place place, Node node) {
  return std::make_unique<Expression>(Expression{place, std::move(node)});
}

class Parser {
 public:
  Parser(std::string_view text, Place start, Dialect dialect) : tokens_(tokenize(text, start)), dialect_(dialect) {}

  Query query() {
    Query query;
    expect_word("SELECT");
    if (take_word("TOP")) query.top = top();
    if (!take_symbol("*")) query.items = items();
    expect_word("FROM");
    query.source = source();
    if (take_word("WHERE")) query.condition = expression();
    if (take_word("GROUP")) {
      expect_word("BY");
      do query.group_by.push_back(path());
      while (take_symbol(","));
    }
    expect_end();
    return query;
  }

  ExpressionPtr condition() {
    ExpressionPtr result = expression();
    expect_end();
    return result;
  }

 private:
  struct Level {
    explicit Level(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > deepest) query_error(parser_.peek().place, "the query is nested too deeply");
    }
    ~Level() { --parser_.depth_; }
    Parser& parser_;
  };

  const Token& peek(std::size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  const Token& take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }

  bool is_word(const char* word) const { return peek().kind == Token::Kind::name && upper(peek().text) == word; }
  bool take_word(const char* word) {
    if (!is_word(word)) return false;
    take();
    return true;
  }
  bool is_symbol(const char* symbol, std::size_t ahead = 0) const {
    return peek(ahead).kind == Token::Kind::symbol && peek(ahead).text == symbol;
  }
  bool take_symbol(const char* symbol) {
    if (!is_symbol(symbol)) return false;
    take();
    return true;
  }

  [[noreturn]] void unexpected(const std::string& wanted) const {
    query_error(peek().place, fmt::format("Unexpected '{}', expected {}", peek().text, wanted));
  }
  void expect_word(const char* word) {
    if (!take_word(word)) unexpected(word);
  }
  void expect_symbol(const char* symbol) {
    if (!take_symbol(symbol)) unexpected(fmt::format("'{}'", symbol));
  }
  void expect_end() {
    if (peek().kind != Token::Kind::end) unexpected("the end of the query");
  }

  std::int64_t top() {
    if (peek().kind != Token::Kind::integer) unexpected("a number after TOP");
    const Literal literal = number();
    const auto* value = std::get_if<std::int64_t>(&literal.value);
    return value == nullptr ? INT64_MAX : *value;
  }

  std::vector<SelectItem> items() {
    std::vector<SelectItem> result;
    do result.push_back(item());
    while (take_symbol(","));
    return result;
  }

  SelectItem item() {
    SelectItem result;
    result.place = peek().place;
    if (peek().kind == Token::Kind::name && is_aggregate(upper(peek().text)) && is_symbol("(", 1)) {
      result.aggregate = upper(take().text);
      expect_symbol("(");
      if (result.aggregate != "COUNT") result.path = path();
      expect_symbol(")");
    } else {
      result.path = path();
    }
    if (take_word("AS")) result.alias = segment("an alias");
    return result;
  }

  Source source() {
    const Place place = peek().place;
    std::string name = upper(segment("devices, devices.modules or devices.jobs"));
    while (take_symbol(".")) name += "." + upper(segment("modules or jobs"));
    if (name == "DEVICES") return Source::devices;
    if (name == "DEVICES.MODULES") return Source::modules;
    if (name == "DEVICES.JOBS") return Source::jobs;
    query_error(place, "the source must be devices, devices.modules or devices.jobs");
  }

  std::string segment(const std::string& wanted) {
    if (peek().kind == Token::Kind::escaped_name) return take().text;
    if (peek().kind != Token::Kind::name || is_reserved(peek().text)) unexpected(wanted);
    return take().text;
  }

  ExpressionPtr path() {
    const Place place = peek().place;
    Path result;
    do result.segments.push_back(segment("a property"));
    while (take_symbol("."));
    return make(place, std::move(result));
  }

  ExpressionPtr expression() { return chain(false); }

  /// OR binds weakest, then AND, then NOT.
  ExpressionPtr chain(bool conjunction) {
    const Level level(*this);
    const Place place = peek().place;
    Logic logic{conjunction, {}};
    do logic.terms.push_back(conjunction ? negation() : chain(true));
    while (take_word(conjunction ? "AND" : "OR"));
    if (logic.terms.size() == 1) return std::move(logic.terms.front());
    return make(place, std::move(logic));
  }

  ExpressionPtr negation() {
    const Level level(*this);
    const Place place = peek().place;
    if (take_word("NOT")) return make(place, Unary{true, negation()});
    return comparison();
  }

  ExpressionPtr comparison() {
    const Place place = peek().place;
    ExpressionPtr left = sum();
    static constexpr std::array<std::pair<const char*, Operator>, 6> operators{{{"=", Operator::equal},
                                                                                {"!=", Operator::not_equal},
                                                                                {"<", Operator::less},
                                                                                {"<=", Operator::less_equal},
                                                                                {">", Operator::greater},
                                                                                {">=", Operator::greater_equal}}};
    for (const auto& [symbol, op] : operators) {
      if (take_symbol(symbol)) return compared(place, Binary{op, std::move(left), sum()});
    }
    const bool not_in = is_word("NOT") && peek(1).kind == Token::Kind::name && upper(peek(1).text) == "IN";
    if (not_in) take();
    const bool negated = not_in || is_word("NIN");
    if (take_word("IN") || take_word("NIN")) return make(place, In{negated, std::move(left), list()});
    return left;
  }

  ExpressionPtr compared(Place place, Binary binary) const {
    if (!dialect_.compares_metadata && (is_metadata(*binary.left) || is_metadata(*binary.right))) {
      query_error(place, "$metadata can't be compared");
    }
    return make(place, std::move(binary));
  }

  ExpressionPtr sum() {
    ExpressionPtr left = product();
    for (int count = 0; is_symbol("+") || is_symbol("-"); ++count) {
      if (count > deepest) query_error(peek().place, "the sum has too many terms");
      const Operator op = take().text == "+" ? Operator::add : Operator::subtract;
      const Place place = left->place;
      left = make(place, Binary{op, std::move(left), product()});
    }
    return left;
  }

  ExpressionPtr product() {
    ExpressionPtr left = unary();
    for (int count = 0; is_symbol("*") || is_symbol("/") || is_symbol("%"); ++count) {
      if (count > deepest) query_error(peek().place, "the product has too many factors");
      const std::string symbol = take().text;
      const Operator op = symbol == "*" ? Operator::multiply : symbol == "/" ? Operator::divide : Operator::modulo;
      const Place place = left->place;
      left = make(place, Binary{op, std::move(left), unary()});
    }
    return left;
  }

  ExpressionPtr unary() {
    const Level level(*this);
    const Place place = peek().place;
    if (take_symbol("-")) return make(place, Unary{false, unary()});
    return primary();
  }

  ExpressionPtr primary() {
    const Place place = peek().place;
    if (take_symbol("(")) {
      ExpressionPtr inner = expression();
      expect_symbol(")");
      return inner;
    }
    if (const auto value = literal()) return make(place, std::move(*value));
    if (peek().kind == Token::Kind::name && is_symbol("(", 1)) return call();
    return path();
  }

  ExpressionPtr call() {
    const Place place = peek().place;
    Call result{upper(take().text), {}};
    if (!dialect_.has_all_functions && !is_documented(result.function)) {
      query_error(place, fmt::format("'{}' is not a function for twins", result.function));
    }
    expect_symbol("(");
    if (!is_symbol(")")) {
      do result.arguments.push_back(expression());
      while (take_symbol(","));
    }
    expect_symbol(")");
    return make(place, std::move(result));
  }

  std::optional<Literal> literal() {
    const Token& token = peek();
    if (token.kind == Token::Kind::text) return Literal{take().text};
    if (token.kind == Token::Kind::integer || token.kind == Token::Kind::real) return number();
    if (is_symbol("[")) return Literal{list()};
    if (token.kind != Token::Kind::name) return std::nullopt;
    if (take_word("NULL")) return Literal{nullptr};
    if (take_word("TRUE")) return Literal{true};
    if (take_word("FALSE")) return Literal{false};
    if (take_word("UNDEFINED")) return Literal{Undefined{}};
    return std::nullopt;
  }

  Literal number() {
    const Token& token = take();
    const char* first = token.text.data();
    const char* last = first + token.text.size();
    std::int64_t whole = 0;
    if (token.kind == Token::Kind::integer && std::from_chars(first, last, whole).ec == std::errc{}) return {whole};
    double real = 0;
    if (std::from_chars(first, last, real).ec != std::errc{}) query_error(token.place, "a number is out of range");
    return {real};
  }

  std::vector<Literal> list() {
    const Level level(*this);
    expect_symbol("[");
    std::vector<Literal> values;
    if (take_symbol("]")) return values;
    do {
      const bool negative = take_symbol("-");
      auto value = literal();
      if (!value) unexpected("a literal");
      if (negative) negate(*value);
      values.push_back(std::move(*value));
    } while (take_symbol(","));
    expect_symbol("]");
    return values;
  }

  void negate(Literal& literal) const {
    if (auto* whole = std::get_if<std::int64_t>(&literal.value)) {
      *whole = -*whole;
    } else if (auto* real = std::get_if<double>(&literal.value)) {
      *real = -*real;
    } else {
      unexpected("a number after '-'");
    }
  }

  std::vector<Token> tokens_;
  Dialect dialect_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Query parse_query(std::string_view text, Dialect dialect) { return Parser(text, {}, dialect).query(); }

ExpressionPtr parse_condition(std::string_view text, Place start, Dialect dialect) {
  return Parser(text, start, dialect).condition();
}

}  // namespace fwctl::localhub
