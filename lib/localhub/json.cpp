#include "lib/localhub/json.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "fwctl/base/json_depth.hpp"
#include "lib/localhub/api_error.hpp"

namespace fwctl::localhub {
namespace {

constexpr int deepest = 64;

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::optional<std::int64_t> to_whole(const Json& member) {
  if (member.is_string()) return to_number(member.get_ref<const std::string&>());
  const bool too_large = member.is_number_unsigned() && member.get<std::uint64_t>() > std::uint64_t{INT64_MAX};
  if (!member.is_number_integer() || too_large) return std::nullopt;
  return member.get<std::int64_t>();
}

}  // namespace

std::optional<std::int64_t> to_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Json parse_json(std::string_view text) {
  if (nested_deeper_than(text, deepest)) throw ApiError(error_names::bad_request, "The document is nested too deeply.");
  Json value = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) throw ApiError(error_names::bad_request, "The body is not valid JSON.");
  return value;
}

bool is_utf8(const std::string& text) {
  try {
    Json(text).dump();
    return true;
  } catch (const Json::type_error&) {
    return false;
  }
}

const Json* find_member_or_null(const Json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  for (const auto& [key, value] : object.items()) {
    if (equal_ignoring_case(key, name)) return &value;
  }
  return nullptr;
}

const Json* find_member(const Json& object, std::string_view name) {
  const Json* member = find_member_or_null(object, name);
  return member == nullptr || member->is_null() ? nullptr : member;
}

std::optional<std::int64_t> whole_member(const Json& object, std::string_view name, std::int64_t least,
                                         std::int64_t most) {
  const Json* member = find_member(object, name);
  if (member == nullptr) return std::nullopt;
  const auto value = to_whole(*member);
  if (value && *value >= least && *value <= most) return value;
  throw ApiError(error_names::argument_invalid, fmt::format("{} must be from {} to {}.", name, least, most));
}

std::string text_member(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  if (member == nullptr) return {};
  if (!member->is_string()) throw ApiError(error_names::argument_invalid, fmt::format("{} must be a string.", name));
  return member->get<std::string>();
}

}  // namespace fwctl::localhub
