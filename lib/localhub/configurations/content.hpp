#pragma once

#include <map>
#include <string>

#include "lib/localhub/json.hpp"
#include "lib/localhub/twins/sections.hpp"

namespace fwctl::localhub {

/// The module of every edge device that a deployment is for.
inline constexpr const char* edge_agent = "$edgeAgent";

/// What a configuration's content is written to.
enum class ContentKind { device, module, edge };

/// The content of a configuration, read: patches of desired properties.
struct Content {
  ContentKind kind = ContentKind::device;
  std::map<std::string, Json> patches;  // by module for `edge`; of the others one, under ""
};

/// Exactly one of deviceContent, moduleContent and modulesContent; keys `properties.desired` or
/// `properties.desired.<path>`. Throws ApiError (InvalidConfigurationContent).
Content read_content(const Json& content);

/// Names content as $metadata does.
std::string content_digest(const Json& content);

}  // namespace fwctl::localhub
