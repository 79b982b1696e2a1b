#pragma once

#include <string>

#include "lib/localhub/twins/twin_row.hpp"

namespace fwctl::localhub {

/// The twin as the service shows it: JSON text, made of the row's texts without parsing them.
std::string twin_text(const TwinRow& row);

/// The identity as the registry shows it, keys included; a module's has members of its own.
std::string identity_text(const TwinRow& row);

}  // namespace fwctl::localhub
