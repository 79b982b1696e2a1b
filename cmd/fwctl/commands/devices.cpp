#include "cmd/fwctl/commands/devices.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cmd/fwctl/commands/rows.hpp"
#include "cmd/fwctl/errors.hpp"
#include "fwctl/base/error.hpp"

namespace fwctl::cli {

using nlohmann::ordered_json;

namespace {

/// Hides every text under a member named like a key, wherever it stands.
void hide_keys(ordered_json& value) {
  if (!value.is_structured()) return;
  for (auto& [name, member] : value.items()) {
    const bool is_key = name == "primaryKey" || name == "secondaryKey";
    if (is_key && member.is_string()) {
      member = "(hidden)";
    } else {
      hide_keys(member);
    }
  }
}

}  // namespace

void refuse_repeated(std::vector<std::string> ids) {
  std::sort(ids.begin(), ids.end());
  const auto twice = std::adjacent_find(ids.begin(), ids.end());
  if (twice != ids.end()) throw UsageError(fmt::format("device {} is named more than once", *twice));
}

iothub::Device existing_device(Context& ctx, const std::string& id) {
  if (auto device = ctx.hub().get_device(id)) return *device;
  throw NotFound(fmt::format("no device {}", id));
}

ordered_json device_document(const iothub::Device& device, bool show_keys) {
  ordered_json document = from_hub(device.document);
  if (!show_keys) hide_keys(document);
  return document;
}

Columns identity_columns(const std::string& at) {
  return {{"DEVICE", at + "/deviceId"},
          {"STATUS", at + "/status"},
          {"CONNECTION", at + "/connectionState"},
          {"LAST ACTIVITY", at + "/lastActivityTime"}};
}

}  // namespace fwctl::cli
