#pragma once

#include <nlohmann/json.hpp>

#include "cmd/fwctl/output/output.hpp"
#include "fwctl/firmware/observer.hpp"

namespace fwctl::cli {

/// {"applied": 97, "failed": 3}: a kind that no device has is absent.
nlohmann::ordered_json counts_json(const firmware::Counts& counts);

/// One device with its verdict and the evidence for it; times are the hub's.
nlohmann::ordered_json device_json(const firmware::DeviceState& device);
Columns device_columns();

/// `97 applied, 3 failed`
std::string counts_text(const firmware::Counts& counts);

}  // namespace fwctl::cli
