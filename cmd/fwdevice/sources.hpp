#pragma once

#include <string>
#include <string_view>

#include "cmd/fwdevice/arguments.hpp"
#include "cmd/fwdevice/world.hpp"

namespace fwctl::device::cli {

/// The connection string from where the user put it: the flag, the file, or `variable`. Throws UsageError.
std::string connection_text(const CommonArguments& common, const World& world, const std::string& variable);

/// PEM of the trusted roots; empty: the machine's own. Throws UsageError for an unreadable file.
std::string load_roots(const CommonArguments& common, const World& world);

/// `host` of `host:port`, `::1` of `[::1]:8443`: what MQTT connects to.
std::string without_port(std::string_view host);

}  // namespace fwctl::device::cli
