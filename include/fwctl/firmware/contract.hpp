#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "fwctl/base/clock.hpp"

namespace fwctl::firmware {

/// The firmware that a back end wants: `properties.desired.firmware`.
struct Desired {
  std::string version;      // fwVersion
  std::string package_uri;  // fwPackageURI; devices refuse anything but https
  std::string check_value;  // fwPackageCheckValue
  bool operator==(const Desired&) const = default;
};

/// `fwUpdateStatus`. rolled_back is `rolledback` on the wire.
enum class Status { current, downloading, verifying, applying, rebooting, error, rolled_back };

std::string_view to_text(Status status);
std::optional<Status> parse_status(std::string_view text);

/// What a device says of itself: `properties.reported.firmware`. Times are ISO-8601 texts chosen by the device, empty
/// before the first update.
struct Reported {
  std::string current_version;  // currentFwVersion
  std::string pending_version;  // pendingFwVersion; empty when nothing is pending
  Status status = Status::current;
  std::string substatus;  // for people
  std::string last_start_time;
  std::string last_end_time;
  bool operator==(const Reported&) const = default;
};

/// Reads desired.firmware as it comes from a back end. nullopt: not an object, or without a fwVersion text. Missing
/// or non-text other members read as empty.
std::optional<Desired> desired_from_json(const nlohmann::json& firmware);
nlohmann::json to_json(const Desired& desired);

/// Reads reported.firmware as it comes from a device. nullopt: not an object, or a fwUpdateStatus outside the contract.
std::optional<Reported> reported_from_json(const nlohmann::json& firmware);
nlohmann::json to_json(const Reported& reported);

/// The `firmware` member of a desired or reported section; null when there is none.
nlohmann::json firmware_of(const nlohmann::json& section);

/// What a device writes into its reported section: {"firmware":{…}}, all of it, or what changed since `before`, with
/// status and sub-status in any case.
nlohmann::json reported_patch(const Reported& reported);
nlohmann::json reported_patch(const Reported& before, const Reported& after);

/// The job's patch, to the letter of the tutorial:
/// {"etag":"*","properties":{"desired":{"patchId":"Firmware update","firmware":{…}}}}
std::string update_twin_patch(const Desired& desired);

/// Whether devices will take the package address: scheme https, in any letter case, and a host.
bool is_https_uri(std::string_view uri);

/// The condition of the tutorial.
inline constexpr std::string_view default_condition = "tags.devicetype='chiller'";

}  // namespace fwctl::firmware
