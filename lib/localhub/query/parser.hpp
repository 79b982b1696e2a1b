#pragma once

#include <string_view>

#include "lib/localhub/query/query.hpp"
#include "lib/localhub/query/tree.hpp"

namespace fwctl::localhub {

/// A whole statement. Throws QueryError that names the place.
Query parse_query(std::string_view text, Dialect dialect = {});

/// What stands after WHERE; `start` is the place of its first character.
ExpressionPtr parse_condition(std::string_view text, Place start, Dialect dialect);

}  // namespace fwctl::localhub
