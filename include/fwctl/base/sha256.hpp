#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace fwctl {

/// The 32 raw bytes of HMAC-SHA256.
std::string hmac_sha256(std::string_view key, std::string_view message);

/// Lower-case hex of the SHA-256 of all that `in` still holds. Reads in blocks: a firmware image may be large.
std::string sha256_hex(std::istream& in);

/// Compares in a time that does not depend on where the texts differ.
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace fwctl
