#pragma once

#include <cstdint>
#include <string>

/// Reads rows of the queries of fleet_query.hpp. Throws ProtocolError for what no hub should answer.
namespace fwctl::firmware {

/// The count of a row, and its device.
std::int64_t count_in(const std::string& row);
std::string device_in(const std::string& row);

}  // namespace fwctl::firmware
