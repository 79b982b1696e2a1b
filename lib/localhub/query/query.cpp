#include "lib/localhub/query/query.hpp"

#include <fmt/core.h>

#include "fwctl/base/base64.hpp"
#include "lib/localhub/json.hpp"
#include "lib/localhub/query/lexer.hpp"
#include "lib/localhub/query/parser.hpp"
#include "lib/localhub/query/select.hpp"
#include "lib/localhub/query/translate.hpp"

namespace fwctl::localhub {

std::string_view to_text(ItemType type) {
  switch (type) {
    case ItemType::twin:
      return "Twin";
    case ItemType::raw:
      return "Raw";
    case ItemType::device_job:
      return "DeviceJob";
  }
  return "";
}

Dialect dialect_of(const Switches& switches) { return {!switches.strict_functions, !switches.strict_metadata}; }

namespace {

SqlCondition compile(std::string_view text, Source source, Place start = {}, Dialect dialect = {}) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  if (first != std::string_view::npos && first == last && text[first] == '*') return {"1", {}};
  const Sql sql = translate_truth(*parse_condition(text, start, dialect), source);
  return {sql.text, sql.values};
}

}  // namespace

SqlCondition compile_condition(std::string_view text) { return compile(text, Source::devices); }
SqlCondition compile_job_condition(std::string_view text, Dialect dialect) {
  constexpr std::string_view before = "SELECT * FROM devices WHERE ";
  return compile(text, Source::devices, {1, static_cast<int>(before.size()) + 1}, dialect);
}
SqlCondition compile_module_condition(std::string_view text) { return compile(text, Source::modules); }

QueryPage run_query(const Database& database, const Renderer& renderer, const QueryRequest& request) {
  const Query query = parse_query(request.text, request.dialect);
  const Position from = read_position(request.continuation, request.text);
  const Reading reading{database, renderer, query, request, from};
  if (query.source == Source::jobs) return page_of_jobs(reading);
  return is_aggregate(query) ? page_of_groups(reading) : page_of_twins(reading);
}

Statement prepare_query(const Database& database, const std::string& sql) {
  try {
    return database.prepare(sql);
  } catch (const Error&) {
    query_error({}, "The query is too complex");
  }
}

void check_query(std::string_view text) { counting_sql(parse_query(text)); }

std::int64_t count_rows(const Database& database, std::string_view query) {
  const Sql sql = counting_sql(parse_query(query));
  Statement row = prepare_query(database, sql.text);
  int index = 0;
  for (const SqlValue& value : sql.values) row.bind(++index, value);
  row.step();
  return row.integer(0);
}

}  // namespace fwctl::localhub
