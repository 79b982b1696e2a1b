#pragma once

#include <functional>
#include <optional>
#include <string>

namespace fwctl::cli {

/// Environment variables, as the program's world has them.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

}  // namespace fwctl::cli
