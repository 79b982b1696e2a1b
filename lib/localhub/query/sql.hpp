#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lib/localhub/query/lexer.hpp"
#include "lib/localhub/store/database.hpp"

namespace fwctl::localhub {

/// A piece of SQL and the values of its `?`, which stay in step when pieces are joined. Text of a query never becomes
/// part of `text`: it goes into `values`.
struct Sql {
  std::string text;
  std::vector<SqlValue> values;

  Sql() = default;
  Sql(const char* literal) : text(literal) {}  // NOLINT: reads as SQL where it stands
  static Sql value(SqlValue value) {
    Sql sql("?");
    sql.values.push_back(std::move(value));
    return sql;
  }

  Sql& operator+=(const Sql& other) {
    text += other.text;
    values.insert(values.end(), other.values.begin(), other.values.end());
    // A comparison of comparisons doubles with each level.
    if (text.size() > 1'000'000 || values.size() > 30'000) query_error({}, "The query is too complex");
    return *this;
  }
  friend Sql operator+(Sql left, const Sql& right) { return std::move(left += right); }
};

}  // namespace fwctl::localhub
