#include "lib/localhub/query/select.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>

#include "lib/localhub/faults/lag.hpp"
#include "lib/localhub/json.hpp"
#include "lib/localhub/query/tag_search.hpp"
#include "lib/localhub/query/translate.hpp"

namespace fwctl::localhub {
namespace {

/// A result member: its name, and the two SQL columns that give its type and value.
struct Column {
  std::string name;
  Operand operand;
};

Statement prepare(const Database& database, const Sql& sql) {
  Statement statement = prepare_query(database, sql.text);
  int index = 0;
  for (const SqlValue& value : sql.values) statement.bind(++index, value);
  return statement;
}

const Path& path_of(const SelectItem& item) { return std::get<Path>(item.path->node); }

/// SQL's SUM fails when 64 bits can't hold it, and TOTAL is always a real: a whole number that a real can hold is shown
/// as one.
Sql sum_of(const Sql& numbers) {
  const Sql total = Sql("TOTAL(") + numbers + ")";
  return Sql("CASE WHEN COUNT(") + numbers + ") = 0 THEN NULL WHEN abs(" + total + ") < 9007199254740992 AND " + total +
         " = CAST(" + total + " AS INTEGER) THEN CAST(" + total + " AS INTEGER) ELSE " + total + " END";
}

Operand aggregate_operand(const SelectItem& item, Source source) {
  if (item.aggregate == "COUNT") return {"'integer'", "COUNT(*)", Class::number};
  const Operand operand = resolve(path_of(item), source, item.place);
  const Sql numbers = Sql("CASE WHEN ") + is_of_class(operand, Class::number) + " THEN " + operand.value + " END";
  const Sql value = item.aggregate == "SUM" ? sum_of(numbers) : Sql(item.aggregate.c_str()) + "(" + numbers + ")";
  // No JSON number is infinite.
  return {Sql("CASE WHEN abs(") + value + ") < 1e999 THEN typeof(" + value + ") END", value};
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

Column column_of(const SelectItem& item, Source source) {
  const std::string name = !item.alias.empty()       ? item.alias
                           : !item.aggregate.empty() ? lower(item.aggregate)
                                                     : result_name(path_of(item), source);
  return {name, item.aggregate.empty() ? resolve(path_of(item), source, item.place) : aggregate_operand(item, source)};
}

std::vector<Column> columns_of(const Query& query) {
  std::vector<Column> columns;
  for (const SelectItem& item : query.items) columns.push_back(column_of(item, query.source));
  return columns;
}

Sql select_list(const std::vector<Column>& columns) {
  Sql list;
  for (const Column& column : columns) list += Sql(", ") + column.operand.type + ", " + column.operand.value;
  return list;
}

/// JSON of a value that SQLite took out of a document; nullopt for undefined.
std::optional<Json> read_value(const Statement& row, int column) {
  const std::string type = row.text(column);
  if (row.is_null(column)) return std::nullopt;
  if (type == "null") return Json(nullptr);
  if (type == "true" || type == "false") return Json(type == "true");
  if (type == "text") return Json(row.text(column + 1));
  if (type == "object" || type == "array") return Json::parse(row.text(column + 1));
  return std::visit(
      [](const auto& value) -> std::optional<Json> {
        if constexpr (std::is_arithmetic_v<std::decay_t<decltype(value)>>) return Json(value);
        return std::nullopt;
      },
      row.value(column + 1));
}

std::string read_row(const Statement& row, const std::vector<Column>& columns, int first) {
  Json document = Json::object();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (auto value = read_value(row, first + static_cast<int>(2 * i))) document[columns[i].name] = std::move(*value);
  }
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Sql where(const Query& query) {
  Sql sql = query.source == Source::modules ? Sql("module_id <> ''") : Sql("module_id = ''");
  if (query.source == Source::jobs) sql = "1";
  if (query.condition) sql += Sql(" AND ") + translate_truth(*query.condition, query.source);
  return sql;
}

/// How many rows this page may have, TOP considered.
std::size_t rows_left(const Reading& reading) {
  const std::size_t page_size = reading.request.page_size;
  if (!reading.query.top) return page_size;
  return static_cast<std::size_t>(
      std::clamp<std::int64_t>(*reading.query.top - reading.from.returned, 0, static_cast<std::int64_t>(page_size)));
}

/// Reads up to `limit` rows and looks one further, so that the last page has no token.
QueryPage collect(Statement rows, ItemType type, const Reading& reading,
                  const std::function<std::string(const Statement&, Position&)>& read) {
  QueryPage page{type, {}, std::nullopt};
  Position at = reading.from;
  const std::size_t limit = rows_left(reading);
  while (page.rows.size() < limit && rows.step()) page.rows.push_back(read(rows, at));
  at.returned += static_cast<std::int64_t>(page.rows.size());
  const bool top_reached = reading.query.top && at.returned >= *reading.query.top;
  if (page.rows.size() == limit && !top_reached && limit > 0 && rows.step())
    page.continuation = write_position(at, reading.request.text);
  return page;
}

Sql limit_clause(const Reading& reading) {
  return Sql(" LIMIT ") + Sql::value(static_cast<std::int64_t>(rows_left(reading)) + 1);
}

/// In front of a statement over twins: nothing, or what makes it see the past.
Sql past(const Reading& reading) {
  if (!reading.request.horizon) return {};
  Sql sql(past_twins_sql.c_str());
  sql.values.emplace_back(*reading.request.horizon);
  return sql;
}

/// The table behind the last page, read in order; by the index of tags where the condition asks for one. The past has
/// no index.
Sql from_twins(const Reading& reading) {
  const auto tag = reading.request.horizon ? std::nullopt : wanted_tag(reading.query);
  if (!tag) return Sql(" FROM twins WHERE sequence > ") + Sql::value(reading.from.after) + " AND ";
  return Sql(" FROM (SELECT sequence AS hit FROM tag_values WHERE path = ") + Sql::value(tag->path) +
         " AND value = " + Sql::value(tag->text) + " AND sequence > " + Sql::value(reading.from.after) +
         ") CROSS JOIN twins ON twins.sequence = hit WHERE ";
}

bool same_sql(const Sql& a, const Sql& b) { return a.text == b.text && a.values == b.values; }

/// The columns of GROUP BY, and that nothing else stands bare beside an aggregate.
Sql group_clause(const Query& query, const std::vector<Column>& columns) {
  Sql clause;
  std::vector<Sql> grouped;
  for (const ExpressionPtr& path : query.group_by) {
    const Operand operand = translate_value(*path, query.source);
    clause += (clause.text.empty() ? Sql(" GROUP BY ") : Sql(", ")) + class_of(operand) + ", " + operand.value;
    grouped.push_back(operand.value);
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool stands = std::any_of(grouped.begin(), grouped.end(),
                                    [&](const Sql& sql) { return same_sql(sql, columns[i].operand.value); });
    if (query.items[i].aggregate.empty() && !stands) {
      query_error(query.items[i].place, fmt::format("'{}' is neither aggregated nor in GROUP BY", columns[i].name));
    }
  }
  return clause;
}

/// What the language's grammar allows and the hub does not answer.
void check_shape(const Query& query) {
  if (query.source == Source::jobs) {
    if (!query.items.empty() || !query.group_by.empty()) query_error({}, "devices.jobs takes SELECT * only");
  } else if (query.items.empty() && !query.group_by.empty()) {
    query_error({}, "GROUP BY needs a list of what to select");
  }
}

}  // namespace

bool is_aggregate(const Query& query) {
  return !query.group_by.empty() || std::any_of(query.items.begin(), query.items.end(),
                                                [](const SelectItem& item) { return !item.aggregate.empty(); });
}

QueryPage page_of_twins(const Reading& reading) {
  const Query& query = reading.query;
  const std::vector<Column> columns = columns_of(query);
  const bool whole = columns.empty();
  Sql sql = past(reading) + "SELECT sequence";
  sql += whole ? Sql(", ") + reading.renderer.twin_columns : select_list(columns);
  sql += from_twins(reading) + where(query) + " ORDER BY sequence" + limit_clause(reading);
  return collect(prepare(reading.database, sql), whole ? ItemType::twin : ItemType::raw, reading,
                 [&](const Statement& row, Position& at) {
                   at.after = row.integer(0);
                   return whole ? reading.renderer.twin(row, 1) : read_row(row, columns, 1);
                 });
}

QueryPage page_of_groups(const Reading& reading) {
  const Query& query = reading.query;
  check_shape(query);
  const std::vector<Column> columns = columns_of(query);
  Sql sql = past(reading) + "SELECT 0" + select_list(columns) + " FROM twins WHERE " + where(query);
  sql += group_clause(query, columns) + limit_clause(reading) + " OFFSET " + Sql::value(reading.from.after + 1);
  return collect(prepare(reading.database, sql), ItemType::raw, reading, [&](const Statement& row, Position& at) {
    ++at.after;
    return read_row(row, columns, 1);
  });
}

QueryPage page_of_jobs(const Reading& reading) {
  const Query& query = reading.query;
  check_shape(query);
  const Sql sql = Sql("SELECT job_id, position, ") + reading.renderer.job_columns +
                  " FROM device_jobs WHERE (job_id, position) > (" + Sql::value(reading.from.job) + ", " +
                  Sql::value(reading.from.after) + ") AND " + where(query) + " ORDER BY job_id, position" +
                  limit_clause(reading);
  return collect(prepare(reading.database, sql), ItemType::device_job, reading,
                 [&](const Statement& row, Position& at) {
                   at.job = row.text(0);
                   at.after = row.integer(1);
                   return reading.renderer.job(row, 2);
                 });
}

Sql counting_sql(const Query& query) {
  check_shape(query);
  const std::vector<Column> columns = columns_of(query);
  Sql rows = Sql("SELECT 1") + (is_aggregate(query) ? select_list(columns) : Sql()) + " FROM " +
             (query.source == Source::jobs ? "device_jobs" : "twins") + " WHERE " + where(query);
  if (is_aggregate(query)) rows += group_clause(query, columns);
  if (query.top) rows += Sql(" LIMIT ") + Sql::value(*query.top);
  return Sql("SELECT COUNT(*) FROM (") + rows + ")";
}

}  // namespace fwctl::localhub
