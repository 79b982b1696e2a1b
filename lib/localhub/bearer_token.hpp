#pragma once

#include <string_view>

namespace fwctl::localhub {

/// `Bearer` and a JSON Web Token: a header and claims that are JSON objects, and a signature, which nobody here can
/// check.
bool is_bearer_token(std::string_view authorization);

}  // namespace fwctl::localhub
