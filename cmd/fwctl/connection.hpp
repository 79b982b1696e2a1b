#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

#include "cmd/fwctl/settings.hpp"
#include "cmd/fwctl/world.hpp"
#include "fwctl/iothub/connection_string.hpp"
#include "fwctl/iothub/transport.hpp"

namespace fwctl::cli {

/// The service connection string from where the user put it, the first of: --connection-string,
/// --connection-string-file, FWCTL_CONNECTION_STRING, FWCTL_CONNECTION_STRING_FILE, IOTHUB_CONNECTION_STRING.
/// Throws UsageError when there is none or it is not a service connection string. `warn` takes a line for people.
iothub::ServiceConnection load_connection(const Settings& settings, const World& world,
                                          const std::function<void(const std::string&)>& warn);

/// Host, trusted roots and proxy for that connection. Throws UsageError for an unreadable CA file or proxy.
iothub::HttpOptions http_options(const iothub::ServiceConnection& connection, const Settings& settings,
                                 const World& world);

/// The proxy for a host (its port does not matter), or an empty text. As curl does: https_proxy before HTTPS_PROXY,
/// and everything goes through it, loopback included, but what no_proxy names: `*`, or hosts and their subdomains.
std::string proxy_for(std::string_view host, const Environment& env);

/// `host` of `host:port`, `[::1]` of `[::1]:8443`.
std::string without_port(std::string_view host);

/// Reads a whole file, or standard input for `-`. Throws UsageError naming `what` when it can't.
std::string read_text(const std::string& path, std::istream& in, std::string_view what);

/// A file to read from. Throws UsageError naming `what` when there is none.
std::ifstream open_file(const std::string& path, std::string_view what);

}  // namespace fwctl::cli
