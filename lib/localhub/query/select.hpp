#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/localhub/query/query.hpp"
#include "lib/localhub/query/sql.hpp"
#include "lib/localhub/query/tree.hpp"

namespace fwctl::localhub {

/// Where a page begins: behind the last row of the page before.
struct Position {
  std::int64_t after = -1;    // twins.sequence, a row number of groups, or device_jobs.position
  std::string job;            // of devices.jobs: the job of that row
  std::int64_t returned = 0;  // rows on all pages before, for TOP
};

/// Opaque to clients, fit for a header, and good for the same query text only. Throws QueryError.
Position read_position(std::string_view continuation, std::string_view query_text);
std::string write_position(const Position& position, std::string_view query_text);

bool is_aggregate(const Query& query);

/// One page of one query.
struct Reading {
  const Database& database;
  const Renderer& renderer;
  const Query& query;
  const QueryRequest& request;
  Position from;
};

QueryPage page_of_twins(const Reading& reading);
QueryPage page_of_groups(const Reading& reading);
QueryPage page_of_jobs(const Reading& reading);

/// Selects one number: how many rows the query has on all of its pages.
Sql counting_sql(const Query& query);

}  // namespace fwctl::localhub
