#include <bit>
#include <cmath>

#include "tests/unit/localhub/query_generator.hpp"

namespace fwctl::test::query {
namespace {

const std::vector<Json>& scalars() {
  static const std::vector<Json> values{
      0,
      1,
      1.0,
      -1,
      2,
      2.5,
      -2.5,
      -0.0,
      0.1,
      0.30000000000000004,
      3,
      7,
      10,
      123456.789,
      1e300,
      -1e300,
      1e-300,
      1.7976931348623157e308,
      2.2250738585072014e-308,
      1.2345678901234567e25,
      4503599627370495,
      -4503599627370496,
      4503599627370495.0,
      true,
      false,
      true,
      "",
      "a",
      "b",
      "ab",
      "aB",
      "abcabc",
      "A",
      "é",
      "ÀÉ",
      "日本",
      "😀x",
      "\xEF\xBF\xBD",
      "it's",
      "say \"hi\"",
      "back\\slash",
      "tab\t",
      "line\nbreak",
      "\x01\x7F",
      "a/b",
      "%_",
      "1",
      "1.5",
      " 12",
      "-3e2",
      "01",
      "0x10",
      "1e400",
      "99999999999999999999",
      "true",
      "null",
      "2026-01-01T00:00:00.0000000Z",
  };
  return values;
}

/// Any number that a twin takes: doubles of any bits, and integers of 53.
Json random_number(Dice& dice) {
  const double real = std::bit_cast<double>(dice.bits());
  if (dice.chance(50) && std::isfinite(real)) return real;
  if (dice.chance(50)) return static_cast<double>(dice.below(100'000'000)) / 1'000.0;
  return static_cast<std::int64_t>(dice.bits() >> 12) - (std::int64_t{1} << 51);
}

Json random_scalar(Dice& dice) { return dice.chance(10) ? random_number(dice) : dice.pick(scalars()); }

const std::vector<std::string>& keys() {
  static const std::vector<std::string> names{
      "a",     "b",      "n",    "s", "on", "list", "A", "group", "Select", "in",  "é",    "0",  "日",    "k-1", "k/2",
      "quo't", "back\\", "a\"b", "",  "[x", "%",    "😀", "a:b",   "count",  "@id", "null", "{}", "(a=1)", "-"};
  return names;
}

Json random_value(Dice& dice, int level);

Json random_array(Dice& dice, int level) {
  Json array = Json::array();
  for (std::size_t i = dice.below(4); i > 0; --i) array.push_back(random_value(dice, level + 2));
  return array;
}

Json random_object(Dice& dice, int level) {
  Json object = Json::object();
  for (std::size_t i = dice.below(4); i > 0; --i) object[dice.pick(keys())] = random_value(dice, level + 1);
  return object;
}

Json random_value(Dice& dice, int level) {
  if (level < 5 && dice.chance(20)) return random_object(dice, level);
  if (level < 5 && dice.chance(12)) return random_array(dice, level);
  return random_scalar(dice);
}

}  // namespace

Json random_section(Dice& dice) {
  Json section = Json::object();
  // The first keys are on most twins, so that twins differ in values and not only in what they have.
  for (std::size_t i = 0; i < 6; ++i) {
    if (dice.chance(60)) section[keys()[i]] = random_value(dice, 1);
  }
  for (std::size_t i = dice.below(4); i > 0; --i) section[dice.pick(keys())] = random_value(dice, 1);
  if (dice.chance(5)) {
    Json deep = random_scalar(dice);
    for (int level = 0; level < 9; ++level) deep = Json{{"a", deep}};
    section["deep"] = deep;
  }
  return section;
}

Node QueryGenerator::literal() {
  Node node;
  if (dice_.chance(4)) return node;
  node.kind = Node::Kind::literal;
  if (!places_.empty() && dice_.chance(45)) node.literal = dice_.pick(places_).value;
  if (node.literal.is_object() || node.literal.is_array()) node.literal = nullptr;
  if (node.literal.is_null() && !dice_.chance(3)) node.literal = random_scalar(dice_);
  if (dice_.chance(3)) node.literal = Json::array({dice_.pick(scalars()), dice_.pick(scalars())});
  return node;
}

}  // namespace fwctl::test::query
