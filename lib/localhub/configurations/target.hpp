#pragma once

#include <string>
#include <string_view>

#include "lib/localhub/query/query.hpp"

namespace fwctl::localhub {

/// A target condition taken apart: which kind of twins, and what stands after WHERE.
struct Target {
  bool modules = false;   // FROM devices.modules [WHERE condition]
  std::string condition;  // empty: no twin at all; `*`: every one
};

Target parse_target(std::string_view text);

/// As SQL over `twins`. Throws QueryError.
SqlCondition compile_target(const Target& target);

/// The query that finds the targets; empty when there are none.
std::string target_query(const Target& target);

}  // namespace fwctl::localhub
