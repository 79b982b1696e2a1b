#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

/// Reads rows of the queries of fleet_query.hpp. Throws ProtocolError for what no hub should answer.
namespace fwctl::firmware {

/// A row; what is no JSON is refused when something is asked of it.
nlohmann::json parse_row(const std::string& text);

/// The count of a row, and its device.
std::int64_t count_in(const nlohmann::json& row);
std::int64_t count_in(const std::string& row);
/// The text of a column; empty when it has none.
std::string text_in(const nlohmann::json& row, const char* column);
std::string device_in(const std::string& row);

}  // namespace fwctl::firmware
