#include "lib/localhub/configurations/content.hpp"

#include <fmt/core.h>

#include <array>
#include <sstream>

#include "fwctl/base/sha256.hpp"
#include "lib/localhub/api_error.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::string_view desired = "properties.desired";

struct Member {
  const char* name;
  ContentKind kind;
};
constexpr std::array<Member, 3> members{{{"deviceContent", ContentKind::device},
                                         {"moduleContent", ContentKind::module},
                                         {"modulesContent", ContentKind::edge}}};

[[noreturn]] void refuse(const std::string& why) { throw ApiError(error_names::invalid_configuration_content, why); }

/// The place in the patch that `properties.desired.a.b` names.
Json& place_of(Json& patch, std::string_view key) {
  if (key == desired) return patch;
  if (!key.starts_with(desired) || key[desired.size()] != '.') {
    refuse(fmt::format("'{}' is neither properties.desired nor a path in it.", key));
  }
  Json* node = &patch;
  for (std::string_view rest = key.substr(desired.size()); !rest.empty();) {
    rest.remove_prefix(1);
    const std::string_view segment = rest.substr(0, rest.find('.'));
    if (segment.empty()) refuse(fmt::format("'{}' names no property.", key));
    if (!node->is_object()) *node = Json::object();
    node = &(*node)[std::string(segment)];
    rest.remove_prefix(segment.size());
  }
  return *node;
}

Json patch_of(const Json& content) {
  if (!content.is_object()) refuse("The content must be an object.");
  Json patch = Json::object();
  for (const auto& [key, value] : content.items()) {
    Json& place = place_of(patch, key);
    if (place.is_object() && value.is_object()) {
      place.update(value, /*merge_objects=*/true);
    } else {
      place = value;
    }
  }
  try {
    validate_patch(patch, desired.data());
    validate_size(patch, properties_limit, desired.data(), error_names::too_large);
  } catch (const ApiError& error) {
    refuse(error.what());
  }
  return patch;
}

std::map<std::string, Json> edge_patches(const Json& modules) {
  if (!modules.is_object() || !modules.contains(edge_agent)) {
    refuse(fmt::format("modulesContent must be an object with the member {}.", edge_agent));
  }
  std::map<std::string, Json> patches;
  for (const auto& [module, content] : modules.items()) patches[module] = patch_of(content);
  return patches;
}

}  // namespace

Content read_content(const Json& content) {
  const Member* given = nullptr;
  const Json* value = nullptr;
  for (const Member& member : members) {
    const Json* found = find_member(content, member.name);
    if (found == nullptr) continue;
    if (given != nullptr) refuse(fmt::format("Give one of {} and {}.", given->name, member.name));
    given = &member;
    value = found;
  }
  if (given == nullptr) refuse("One of deviceContent, moduleContent and modulesContent is needed.");
  if (given->kind == ContentKind::edge) return {given->kind, edge_patches(*value)};
  return {given->kind, {{"", patch_of(*value)}}};
}

std::string content_digest(const Json& content) {
  std::istringstream text(content.dump());
  return sha256_hex(text);
}

}  // namespace fwctl::localhub
