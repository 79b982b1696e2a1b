#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "fwctl/iothub/device.hpp"
#include "fwctl/iothub/job.hpp"
#include "fwctl/iothub/twin.hpp"

/// JSON to structs and back, once for each type of the wire. Readers ignore members they don't know and take absent and
/// null alike; they throw ProtocolError, naming `what`, when the text is not JSON or has the wrong shape.
namespace fwctl::iothub {

nlohmann::ordered_json parse_document(const std::string& text, std::string_view what);

Job job_from_json(const nlohmann::ordered_json& json);
Device device_from_json(const nlohmann::ordered_json& json);
Twin twin_from_json(const nlohmann::ordered_json& json);

/// Every element of a JSON array as its own text, as the hub wrote it: members stay in order and numbers keep their
/// spelling. Only what would break a line or a reader is changed: line breaks between tokens become blanks, and what is
/// no Unicode (a stray byte, half a surrogate pair) becomes U+FFFD.
std::vector<std::string> rows_from_text(std::string text, std::string_view what);

std::string job_to_text(const TwinJob& job);
std::string device_to_text(const NewDevice& device);
std::string bulk_to_text(const std::vector<NewDevice>& devices);
std::vector<BulkFailure> bulk_failures_from_text(const std::string& text);

}  // namespace fwctl::iothub
