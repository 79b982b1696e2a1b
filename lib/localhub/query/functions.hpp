#pragma once

#include <optional>

#include "lib/localhub/query/operand.hpp"

namespace fwctl::localhub {

/// A function whose result is a truth (IS_DEFINED, STARTSWITH, …); nullopt when the name is none of those.
/// Throws QueryError for a wrong number of arguments.
std::optional<Sql> truth_function(const std::string& name, const std::vector<Operand>& arguments, const Place& place);

/// A function whose result is a number or a text (LENGTH, LOWER, …); nullopt when the name is none of those.
std::optional<Operand> value_function(const std::string& name, const std::vector<Operand>& arguments,
                                      const Place& place);

}  // namespace fwctl::localhub
