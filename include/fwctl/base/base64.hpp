#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fwctl {

/// Standard alphabet with padding (RFC 4648 section 4).
std::string base64_encode(std::string_view bytes);

/// Strict inverse: nullopt on any other character, wrong length or wrong padding.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace fwctl
