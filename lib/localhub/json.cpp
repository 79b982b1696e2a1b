#include "lib/localhub/json.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "fwctl/base/json_depth.hpp"
#include "lib/localhub/api_error.hpp"

namespace fwctl::localhub {
namespace {

constexpr int deepest = 64;

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

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

const Json* find_member(const Json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  for (const auto& [key, value] : object.items()) {
    if (equal_ignoring_case(key, name)) return value.is_null() ? nullptr : &value;
  }
  return nullptr;
}

std::string text_member(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  if (member == nullptr) return {};
  if (!member->is_string()) throw ApiError(error_names::argument_invalid, fmt::format("{} must be a string.", name));
  return member->get<std::string>();
}

}  // namespace fwctl::localhub
