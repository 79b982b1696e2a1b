#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace fwctl::localhub {

/// Members keep the order in which they were written, as people expect of a document that comes back.
using Json = nlohmann::ordered_json;

/// Reads text from outside. Throws ApiError (400) when it is not JSON, not UTF-8, or nested deeper than any document
/// of the hub can be.
Json parse_json(std::string_view text);

/// The whole text as a number, or nullopt.
std::optional<std::int64_t> to_number(std::string_view text);

/// Whether the text may stand in JSON.
bool is_utf8(const std::string& text);

/// The member, without regard to the case of its name, or nullptr when it is absent or null: clients differ in case,
/// and some send null for what they do not use.
const Json* find_member(const Json& object, std::string_view name);

/// The same for a member whose null means something: nullptr only when it is absent.
const Json* find_member_or_null(const Json& object, std::string_view name);

/// The member's text, or empty when it is absent. Throws ApiError (400) when it is anything else.
std::string text_member(const Json& object, std::string_view name);

/// The member as a whole number from `least` to `most`, or nullopt when it is absent. A text that holds one is as good:
/// the Azure CLI sends it. Throws ApiError (400) when it is anything else.
std::optional<std::int64_t> whole_member(const Json& object, std::string_view name, std::int64_t least,
                                         std::int64_t most);

}  // namespace fwctl::localhub
