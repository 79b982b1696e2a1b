#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/unit/localhub/query_model.hpp"

namespace fwctl::test::query {

/// What a query means, told slowly: a walk over the tree and the twins' documents, as `GET /twins/{id}` gives them.
/// nullopt is undefined; truths are JSON booleans.
std::optional<Json> value_of(const Node& node, const Json& twin);

/// One of the functions of the language on arguments that are already values.
std::optional<Json> call(const std::string& function, const std::vector<std::optional<Json>>& arguments);

/// One member of a row. A sum of many numbers depends on their order; `tolerance` says how much.
struct Cell {
  Json value;
  double tolerance = 0;
};
using Row = std::map<std::string, Cell>;

/// All rows of the query; in the twins' order when it does not aggregate. TOP is not yet applied to groups.
std::vector<Row> rows_of(const Select& select, const std::vector<Json>& twins);
/// The whole documents that `SELECT *` gives.
std::vector<Json> twins_of(const Select& select, const std::vector<Json>& twins);

}  // namespace fwctl::test::query
