#pragma once

#include <cstddef>
#include <string>

namespace fwctl {

/// Bytes fit for keys, from the crypto library.
std::string random_bytes(std::size_t count);

/// A lower-case UUID, version 4.
std::string random_uuid();

}  // namespace fwctl
