#pragma once

#include <cstdint>
#include <string>

#include "lib/localhub/store/database.hpp"

namespace fwctl::localhub {

/// The twin's etag on the wire: base64 of the counter in eight bytes, the highest first.
std::string etag_text(std::int64_t counter);

/// Makes `fw_twin_etag(counter)` known to SQL, so that queries can name an etag.
void register_functions(const Database& database);

class HubClock;
/// Makes `fw_now()` known to SQL: the hub's time as the store writes times. The clock outlives the database.
void register_clock(const Database& database, const HubClock& clock);

}  // namespace fwctl::localhub
