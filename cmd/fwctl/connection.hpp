#pragma once

#include <functional>
#include <string>

#include "cmd/fwctl/settings.hpp"
#include "cmd/fwctl/world.hpp"
#include "fwctl/iothub/connection_string.hpp"

namespace fwctl::cli {

/// The service connection string from where the user put it, the first of: --connection-string,
/// --connection-string-file, FWCTL_CONNECTION_STRING, FWCTL_CONNECTION_STRING_FILE, IOTHUB_CONNECTION_STRING.
/// Throws UsageError when there is none or it is not a service connection string. `warn` takes a line for people.
iothub::ServiceConnection load_connection(const Settings& settings, const World& world,
                                          const std::function<void(const std::string&)>& warn);

}  // namespace fwctl::cli
