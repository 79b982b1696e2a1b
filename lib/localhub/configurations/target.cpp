#include "lib/localhub/configurations/target.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace fwctl::localhub {
namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Cuts the word off the front, without regard to case; false when something else stands there.
bool take_word(std::string_view& text, std::string_view word) {
  const std::string_view first = text.substr(0, text.find_first_of(blanks));
  const bool same = std::equal(first.begin(), first.end(), word.begin(), word.end(),
                               [](unsigned char a, unsigned char b) { return std::tolower(a) == b; });
  if (same) text = trim(text.substr(first.size()));
  return same;
}

}  // namespace

Target parse_target(std::string_view text) {
  text = trim(text);
  std::string_view rest = text;
  if (!take_word(rest, "from") || !take_word(rest, "devices.modules")) return {false, std::string(text)};
  if (rest.empty()) return {true, "*"};
  return {true, std::string(take_word(rest, "where") ? rest : text)};
}

SqlCondition compile_target(const Target& target) {
  if (target.condition.empty()) return {"0", {}};
  return target.modules ? compile_module_condition(target.condition) : compile_condition(target.condition);
}

std::string target_query(const Target& target) {
  if (target.condition.empty()) return {};
  const std::string all = fmt::format("select deviceId from devices{}", target.modules ? ".modules" : "");
  return target.condition == "*" ? all : fmt::format("{} where {}", all, target.condition);
}

}  // namespace fwctl::localhub
