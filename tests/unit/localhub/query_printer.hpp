#pragma once

#include <string>
#include <vector>

#include "tests/support/dice.hpp"
#include "tests/unit/localhub/query_model.hpp"

namespace fwctl::test::query {

/// One of the many ways to write the query: letter case, quotes, escapes, brackets and parentheses vary.
std::vector<std::string> tokens_of(const Select& select, Dice& dice);

/// The tokens with any white space between them that does not change where they end.
std::string join(const std::vector<std::string>& tokens, Dice& dice);

}  // namespace fwctl::test::query
