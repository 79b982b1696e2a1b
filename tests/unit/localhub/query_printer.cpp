#include "tests/unit/localhub/query_printer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace fwctl::test::query {
namespace {

/// How strongly a form binds; a child that binds weaker than its place needs parentheses.
enum Strength { weakest, conjunction, negation, comparison, sum, product, sign, primary };

Strength strength_of(const Node& node) {
  switch (node.kind) {
    case Node::Kind::any:
      return weakest;
    case Node::Kind::all:
      return conjunction;
    case Node::Kind::negation:
      return negation;
    case Node::Kind::membership:
      return comparison;
    case Node::Kind::binary:
      if (node.name == "+" || node.name == "-") return sum;
      return node.name == "*" || node.name == "/" || node.name == "%" ? product : comparison;
    case Node::Kind::minus:
      return sign;
    case Node::Kind::literal:
      return node.literal.is_number() && node.literal.dump().front() == '-' ? sign : primary;
    default:
      return primary;
  }
}

class Printer {
 public:
  explicit Printer(Dice& dice) : dice_(dice) {}

  void select(const Select& select) {
    word("SELECT");
    if (select.top) word("TOP"), out.push_back(std::to_string(*select.top));
    if (select.items.empty()) out.emplace_back("*");
    for (std::size_t i = 0; i < select.items.size(); ++i) comma(i), item(select.items[i]);
    word("FROM"), word("devices");
    if (select.where) word("WHERE"), node(*select.where, weakest);
    if (!select.group_by.empty()) word("GROUP"), word("BY");
    for (std::size_t i = 0; i < select.group_by.size(); ++i) comma(i), path(select.group_by[i]);
  }

  std::vector<std::string> out;

 private:
  void comma(std::size_t index) {
    if (index > 0) out.emplace_back(",");
  }

  void word(std::string text) {
    const std::size_t style = dice_.below(4);
    for (char& c : text) {
      const auto letter = static_cast<unsigned char>(c);
      if (style == 0 || (style == 1 && dice_.chance(50))) c = static_cast<char>(std::tolower(letter));
      if (style == 2) c = static_cast<char>(std::toupper(letter));
    }
    out.push_back(text);
  }

  void item(const Item& item) {
    if (!item.aggregate.empty()) {
      word(item.aggregate), out.emplace_back("(");
      if (!item.path.empty()) path(item.path);
      out.emplace_back(")");
    } else {
      path(item.path);
    }
    if (!item.alias.empty()) word("AS"), segment(item.alias);
  }

  /// Built-in names may be in any case; what stands below them may not.
  void path(const Path& path) {
    if (dice_.chance(10)) word("devices"), out.emplace_back(".");
    const bool section = path.size() > 1 && path[0] == "properties";
    for (std::size_t i = 0; i < path.size(); ++i) {
      if (i > 0) out.emplace_back(".");
      if (i == 0 || (i == 1 && section)) {
        word(path[i]);
      } else {
        segment(path[i]);
      }
    }
  }

  void segment(const std::string& name) {
    static const std::vector<std::string> reserved{"group", "Select", "top", "in", "null", "true", "order"};
    const bool plain =
        !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
        std::all_of(name.begin(), name.end(), [](unsigned char c) { return c >= 0x80 || std::isalnum(c) || c == '$'; });
    const bool bare = plain && std::find(reserved.begin(), reserved.end(), name) == reserved.end();
    out.push_back(bare && dice_.chance(80) ? name : "[[" + name + "]]");
  }

  void node(const Node& node, Strength needed) {
    const bool parentheses = strength_of(node) < needed || dice_.chance(5);
    if (parentheses) out.emplace_back("(");
    bare(node);
    if (parentheses) out.emplace_back(")");
  }

  void bare(const Node& node) {
    switch (node.kind) {
      case Node::Kind::literal:
        return literal(node.literal);
      case Node::Kind::undefined:
        return word("undefined");
      case Node::Kind::path:
        return path(node.path);
      case Node::Kind::call:
        return call(node);
      case Node::Kind::minus:
        return out.emplace_back("-"), this->node(node.children[0], sign);
      case Node::Kind::negation:
        return word("NOT"), this->node(node.children[0], negation);
      case Node::Kind::binary:
        return binary(node);
      case Node::Kind::all:
        return chain(node, "AND", negation);
      case Node::Kind::any:
        return chain(node, "OR", conjunction);
      case Node::Kind::membership:
        return membership(node);
    }
  }

  void call(const Node& node) {
    word(node.name), out.emplace_back("(");
    for (std::size_t i = 0; i < node.children.size(); ++i) comma(i), this->node(node.children[i], weakest);
    out.emplace_back(")");
  }

  void binary(const Node& node) {
    const Strength strength = strength_of(node);
    // Arithmetic groups to the left; a comparison of comparisons needs parentheses on both sides.
    const auto next = static_cast<Strength>(strength + 1);
    this->node(node.children[0], strength == comparison ? next : strength);
    out.push_back(node.name == "!=" && dice_.chance(30) ? "<>" : node.name);
    this->node(node.children[1], next);
  }

  void chain(const Node& node, const char* joint, Strength needed) {
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      if (i > 0) word(joint);
      this->node(node.children[i], needed);
    }
  }

  void membership(const Node& node) {
    this->node(node.children[0], sum);
    if (node.name == "NOT IN") word("NOT");
    word(node.name == "NIN" ? "NIN" : "IN");
    out.emplace_back("[");
    for (std::size_t i = 1; i < node.children.size(); ++i) comma(i - 1), bare(node.children[i]);
    out.emplace_back("]");
  }

  void literal(const Json& value) {
    if (value.is_string()) return out.push_back(text(value.get<std::string>()));
    if (value.is_number()) return number(value);
    if (!value.is_array()) return word(value.dump());
    out.emplace_back("[");
    for (std::size_t i = 0; i < value.size(); ++i) comma(i), literal(value[i]);
    out.emplace_back("]");
  }

  void number(const Json& value) {
    std::string digits = value.dump();
    if (digits.front() == '-') out.emplace_back("-"), digits.erase(0, 1);
    if (value.is_number_integer() && dice_.chance(15)) {
      digits = fmt::format("0x{:x}", std::strtoull(digits.c_str(), nullptr, 10));
    }
    if (digits.compare(0, 2, "0.") == 0 && dice_.chance(30)) digits.erase(0, 1);
    out.push_back(digits);
  }

  std::string text(const std::string& value) {
    const char quote = dice_.chance(70) ? '\'' : '"';
    std::string result(1, quote);
    for (const char c : value) result += character(c, quote);
    return result + quote;
  }

  std::string character(char c, char quote) {
    static constexpr std::array<std::pair<char, char>, 5> letters{
        {{'\b', 'b'}, {'\f', 'f'}, {'\n', 'n'}, {'\r', 'r'}, {'\t', 't'}}};
    if (c == quote) return {dice_.chance(50) ? '\\' : quote, quote};
    if (c == '\\') return "\\\\";
    const bool ascii = static_cast<unsigned char>(c) < 0x80;
    if (ascii && dice_.chance(5)) return fmt::format("\\u{:04X}", static_cast<int>(c));
    if ((c == '/' || c == '\'' || c == '"') && dice_.chance(30)) return {'\\', c};
    for (const auto& [meant, written] : letters) {
      if (c == meant && dice_.chance(70)) return {'\\', written};
    }
    return {c};
  }

  Dice& dice_;
};

bool in_a_word(char c) { return static_cast<unsigned char>(c) >= 0x80 || std::isalnum(c) || c == '$' || c == '_'; }

/// Whether two tokens would become other tokens if nothing stood between them.
bool runs_together(const std::string& left, const std::string& right) {
  if (left.empty() || right.empty()) return false;
  const char a = left.back();
  const char b = right.front();
  if (in_a_word(a) && (in_a_word(b) || b == '.')) return true;
  if (a == '.' && in_a_word(b)) return true;
  return (a == b && (a == '\'' || a == '"' || a == '[')) || ((a == '<' || a == '>' || a == '!') && b == '=') ||
         (a == '<' && b == '>');
}

}  // namespace

std::vector<std::string> tokens_of(const Select& select, Dice& dice) {
  Printer printer(dice);
  printer.select(select);
  return std::move(printer.out);
}

std::string join(const std::vector<std::string>& tokens, Dice& dice) {
  static const std::vector<std::string> blanks{" ", " ", " ", " ", "  ", "\n", "\t", "\r\n"};
  const int tightness = dice.chance(30) ? 90 : 10;
  std::string text;
  std::string last;
  for (const std::string& token : tokens) {
    if (runs_together(last, token) || !dice.chance(tightness)) text += dice.pick(blanks);
    text += token;
    last = token;
  }
  return text;
}

}  // namespace fwctl::test::query
