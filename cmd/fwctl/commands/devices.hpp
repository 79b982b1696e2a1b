#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cmd/fwctl/context.hpp"
#include "cmd/fwctl/output/output.hpp"

namespace fwctl::cli {

/// Throws UsageError when a device is named more than once.
void refuse_repeated(std::vector<std::string> ids);

/// The registry's device, or NotFound.
iothub::Device existing_device(Context& ctx, const std::string& id);

/// The hub's document of a device; its keys are hidden unless `show_keys`.
nlohmann::ordered_json device_document(const iothub::Device& device, bool show_keys);

/// The columns of one identity; `at` is where the hub's document stands.
Columns identity_columns(const std::string& at);

}  // namespace fwctl::cli
