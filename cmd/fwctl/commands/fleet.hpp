#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cmd/fwctl/context.hpp"
#include "cmd/fwctl/exit_code.hpp"
#include "cmd/fwctl/output/output.hpp"
#include "fwctl/firmware/fleet_observer.hpp"

namespace fwctl::cli {

/// Puts a count into a document: `verdicts` {"applied": 97, "failed": 3} (a kind that no device has is absent),
/// `phases` of those in progress, `versions` that devices say they run, and `countedFrom`: the numbers' source and age.
void put_count(nlohmann::ordered_json& document, const firmware::FleetCount& count);

/// What was sent so far, and what may be: `budget`.
void put_budget(nlohmann::ordered_json& document, const iothub::Budget& budget);

/// A time, or null.
nlohmann::ordered_json time_json(const std::optional<Time>& time);

/// One device with its verdict and the evidence for it; times are the hub's.
nlohmann::ordered_json device_json(const firmware::DeviceState& device);
std::vector<nlohmann::ordered_json> device_rows(const std::vector<firmware::DeviceState>& devices);
Columns device_columns();

/// `rolled back` of rolled_back.
std::string in_words(std::string_view word);

/// `97 applied, 2 downloading, 3 failed`
std::string count_text(const firmware::FleetCount& count);

/// `chiller-7 failed: package is corrupt`
std::string failure_text(const firmware::DeviceState& device);

/// What it comes to when so many of so many devices run the version: 0, 5 or 6.
ExitCode code_for(std::int64_t applied, std::int64_t devices);

}  // namespace fwctl::cli
