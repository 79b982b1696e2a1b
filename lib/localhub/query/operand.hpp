#pragma once

#include "lib/localhub/query/sql.hpp"
#include "lib/localhub/query/tree.hpp"

namespace fwctl::localhub {

/// What is known of a value's type before any row is read.
enum class Class { unknown, undefined, null, boolean, number, text, array };

/// A value of the language as SQL: `type` gives json_type's words (text, integer, real, true, false, null, array,
/// object) or NULL for undefined; `value` gives the SQL value, and JSON text for arrays and objects.
struct Operand {
  Sql type;
  Sql value;
  Class known = Class::unknown;
};

/// SQL that is true for rows where the operand is of the class.
Sql is_of_class(const Operand& operand, Class wanted);

/// `integer` and `real` as `number`, `true` and `false` as `boolean`, the others as they are.
Sql class_of(const Operand& operand);

/// The path as a column or a place in a JSON column. An unknown path is undefined, as a missing property is.
Operand resolve(const Path& path, Source source, const Place& place);

/// How the path is called in a result row when no alias was given.
std::string result_name(const Path& path, Source source);

}  // namespace fwctl::localhub
