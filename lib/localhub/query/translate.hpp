#pragma once

#include "lib/localhub/query/operand.hpp"
#include "lib/localhub/query/tree.hpp"

namespace fwctl::localhub {

/// SQL that is 1, 0 or NULL for true, false and undefined; SQL's own three-valued logic is the language's.
Sql translate_truth(const Expression& expression, Source source);

Operand translate_value(const Expression& expression, Source source);

}  // namespace fwctl::localhub
