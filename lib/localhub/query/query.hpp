#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fwctl/base/error.hpp"
#include "fwctl/localhub/switches.hpp"
#include "lib/localhub/store/database.hpp"

namespace fwctl::localhub {

/// The text is not a query that the hub accepts. `what()` names line and column, counted from 1, and the reason.
class QueryError : public Error {
 public:
  using Error::Error;
};

/// A condition as SQL over the table `twins`, true exactly for the rows that it selects. No part of the
/// condition's text is in `sql`; every literal is bound from `values`, in order.
struct SqlCondition {
  std::string sql;
  std::vector<SqlValue> values;
};

/// How much of the language there is: the real hub was seen to refuse functions that others read out of its
/// documentation, and what it does with the rest nobody outside knows.
struct Dialect {
  bool has_all_functions = true;
  bool compares_metadata = true;
};
Dialect dialect_of(const Switches& switches);

/// Over 8192 characters.
bool is_too_long(std::string_view query);

/// Translates what stands after WHERE; `*` selects every device. Throws QueryError.
SqlCondition compile_condition(std::string_view text);
/// The same for a job, whose errors count places as the real hub does: in `SELECT * FROM devices WHERE ` and the
/// condition.
SqlCondition compile_job_condition(std::string_view text, Dialect dialect);
/// The same for module twins; `*` selects every module.
SqlCondition compile_module_condition(std::string_view text);

/// Prepares SQL that holds a translated condition. All names in it are the hub's, so only SQLite's limits of depth and
/// width can refuse it: throws QueryError then.
Statement prepare_query(const Database& database, const std::string& sql);

/// What `x-ms-item-type` says about the rows.
enum class ItemType { twin, raw, device_job };
std::string_view to_text(ItemType type);  // Twin, Raw, DeviceJob

/// How whole documents are written: the columns that are needed, and what makes JSON of them.
struct Renderer {
  using Write = std::string (*)(const Statement& row, int first);
  const char* twin_columns;
  Write twin;
  const char* job_columns;
  Write job;
};

struct QueryRequest {
  std::string text;
  std::size_t page_size = 100;
  std::string continuation;            // empty for the first page, else what the page before returned
  std::optional<std::string> horizon;  // the time that the query is to see; nullopt: now
  Dialect dialect{};
};

struct QueryPage {
  ItemType type = ItemType::raw;
  std::vector<std::string> rows;            // JSON texts
  std::optional<std::string> continuation;  // absent on the last page
};

/// Runs one page of a query. Throws QueryError for a bad text, and for a continuation that belongs to no such query.
QueryPage run_query(const Database& database, const Renderer& renderer, const QueryRequest& request);

/// Throws QueryError when run_query would; reads no row.
void check_query(std::string_view text);
/// How many rows all pages of the query have together. Throws QueryError.
std::int64_t count_rows(const Database& database, std::string_view query);

}  // namespace fwctl::localhub
