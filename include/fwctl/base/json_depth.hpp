#pragma once

#include <string_view>

namespace fwctl {

/// Whether brackets outside strings nest deeper than `limit`. Ask before reading JSON from outside: writing and
/// comparing documents recurses, so a text of a million `[` would otherwise exhaust the stack.
bool nested_deeper_than(std::string_view json, int limit);

}  // namespace fwctl
