#include "lib/localhub/query/functions.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace fwctl::localhub {
namespace {

void expect_arguments(const std::string& name, std::size_t got, std::size_t wanted, const Place& place) {
  if (got != wanted) query_error(place, fmt::format("{} takes {} argument(s)", name, wanted));
}

/// IS_NUMBER and its like are false, never undefined, for what is not there.
std::optional<Sql> type_test(const std::string& name, const std::vector<Operand>& arguments, const Place& place) {
  struct Test {
    std::string_view name;
    const char* words;
  };
  static constexpr std::array<Test, 7> tests{
      {{"IS_NULL", "('null')"},
       {"IS_BOOL", "('true', 'false')"},
       {"IS_NUMBER", "('integer', 'real')"},
       {"IS_STRING", "('text')"},
       {"IS_ARRAY", "('array')"},
       {"IS_OBJECT", "('object')"},
       {"IS_PRIMITIVE", "('null', 'true', 'false', 'integer', 'real', 'text')"}}};
  const auto test = std::find_if(tests.begin(), tests.end(), [&](const Test& t) { return t.name == name; });
  if (test == tests.end()) return std::nullopt;
  expect_arguments(name, arguments.size(), 1, place);
  return Sql("coalesce(") + arguments[0].type + " IN " + test->words + ", 0)";
}

/// SQL over two texts; undefined when either is no text.
std::optional<Sql> text_test(const std::string& name, const std::vector<Operand>& arguments, const Place& place) {
  if (name != "STARTSWITH" && name != "ENDSWITH" && name != "CONTAINS") return std::nullopt;
  expect_arguments(name, arguments.size(), 2, place);
  const Sql& text = arguments[0].value;
  const Sql& part = arguments[1].value;
  Sql test = Sql("instr(") + text + ", " + part + ") > 0";
  if (name == "STARTSWITH") test = Sql("substr(") + text + ", 1, length(" + part + ")) = " + part;
  if (name == "ENDSWITH")
    test = Sql("(length(") + part + ") = 0 OR substr(" + text + ", -length(" + part + ")) = " + part + ")";
  return Sql("CASE WHEN ") + is_of_class(arguments[0], Class::text) + " AND " + is_of_class(arguments[1], Class::text) +
         " THEN " + test + " END";
}

std::optional<Sql> array_contains(const std::string& name, const std::vector<Operand>& arguments, const Place& place) {
  if (name != "ARRAY_CONTAINS") return std::nullopt;
  expect_arguments(name, arguments.size(), 2, place);
  const Operand element{"element.type", "element.atom"};
  return Sql("CASE WHEN ") + is_of_class(arguments[0], Class::array) + " AND " + arguments[1].type +
         " IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each(" + arguments[0].value + ") AS element WHERE " +
         class_of(element) + " = " + class_of(arguments[1]) + " AND element.atom IS " + arguments[1].value + ") END";
}

struct ValueFunction {
  std::string_view name;
  std::string_view arguments;  // one letter each: t text, n number
  char result;
  const char* sql;  // $1, $2, … stand for the arguments
};

constexpr std::array<ValueFunction, 13> value_functions{{{"LENGTH", "t", 'n', "length($1)"},
                                                         {"LOWER", "t", 't', "lower($1)"},
                                                         {"UPPER", "t", 't', "upper($1)"},
                                                         {"SUBSTRING", "tnn", 't',
                                                          "CASE WHEN $2 >= 0 AND $3 >= 0 THEN substr($1, "
                                                          "CAST(min($2, 1000000000) AS INTEGER) + 1, "
                                                          "CAST(min($3, 1000000000) AS INTEGER)) END"},
                                                         {"INDEX_OF", "tt", 'n', "(instr($1, $2) - 1)"},
                                                         {"CONCAT", "tt", 't', "($1 || $2)"},
                                                         {"ABS", "n", 'n', "CASE WHEN $1 < 0 THEN -$1 ELSE $1 END"},
                                                         {"CEILING", "n", 'n', "ceil($1)"},
                                                         {"FLOOR", "n", 'n', "floor($1)"},
                                                         {"POWER", "nn", 'n', "pow($1, $2)"},
                                                         {"SQUARE", "n", 'n', "($1 * $1)"},
                                                         {"SIGN", "n", 'n', "sign($1)"},
                                                         {"EXP", "n", 'n', "exp($1)"}}};

Sql fill(std::string_view pattern, const std::vector<Operand>& arguments) {
  Sql result;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '$') {
      result += arguments[static_cast<std::size_t>(pattern[++i] - '1')].value;
    } else {
      result += Sql(std::string(1, pattern[i]).c_str());
    }
  }
  return result;
}

/// A text that is a JSON number becomes it; a number stays; all else, and a number too large, is undefined.
Operand as_number(const Operand& operand) {
  const Sql is_number = Sql("(json_valid(") + operand.value + ") AND json_type(" + operand.value +
                        ") IN ('integer', 'real') AND abs(json_extract(" + operand.value + ", '$')) < 1e999)";
  const Sql is_text = is_of_class(operand, Class::text);
  return {
      Sql("CASE WHEN ") + is_of_class(operand, Class::number) + " THEN 'real' WHEN " + is_text + " THEN CASE WHEN " +
          is_number + " THEN 'real' END END",
      Sql("CASE WHEN ") + is_text + " THEN json_extract(" + operand.value + ", '$') ELSE " + operand.value + " END"};
}

}  // namespace

std::optional<Sql> truth_function(const std::string& name, const std::vector<Operand>& arguments, const Place& place) {
  if (name == "IS_DEFINED") {
    expect_arguments(name, arguments.size(), 1, place);
    return Sql("(") + arguments[0].type + " IS NOT NULL)";
  }
  for (const auto family : {type_test, text_test, array_contains}) {
    if (auto sql = family(name, arguments, place)) return sql;
  }
  return std::nullopt;
}

std::optional<Operand> value_function(const std::string& name, const std::vector<Operand>& arguments,
                                      const Place& place) {
  if (name == "AS_NUMBER") {
    expect_arguments(name, arguments.size(), 1, place);
    return as_number(arguments[0]);
  }
  const auto found = std::find_if(value_functions.begin(), value_functions.end(),
                                  [&](const ValueFunction& function) { return function.name == name; });
  if (found == value_functions.end()) return std::nullopt;
  expect_arguments(name, arguments.size(), found->arguments.size(), place);
  Sql fits("1");
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    fits += Sql(" AND ") + is_of_class(arguments[i], found->arguments[i] == 't' ? Class::text : Class::number);
  }
  // A result that SQL can't give, such as an overflow, is undefined, too.
  const Sql value = fill(found->sql, arguments);
  return Operand{Sql("CASE WHEN ") + fits + " AND " + value + " IS NOT NULL THEN " +
                     (found->result == 't' ? "'text'" : "'real'") + " END",
                 value};
}

}  // namespace fwctl::localhub
