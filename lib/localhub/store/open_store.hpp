#pragma once

#include <string>

#include "lib/localhub/store/database.hpp"

namespace fwctl::localhub {

/// Opens or creates the hub's store, and brings one of an older version up to this one. Throws Error when it was made
/// by a newer version.
Database open_store(const std::string& path);

}  // namespace fwctl::localhub
