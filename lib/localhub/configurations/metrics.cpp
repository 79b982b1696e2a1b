#include "lib/localhub/configurations/metrics.hpp"

#include <fmt/core.h>

#include "lib/localhub/configurations/target.hpp"
#include "lib/localhub/query/query.hpp"

namespace fwctl::localhub {
namespace {

/// nullopt: the query stops at some twin, as arithmetic that overflows does; a poor metric must hide no configuration.
std::optional<std::int64_t> count(const Database& database, const std::string& query) {
  if (query.empty()) return 0;
  try {
    return count_rows(database, query);
  } catch (const Error&) {
    return std::nullopt;
  }
}

Json count_each(const Database& database, const Json& queries) {
  Json results = Json::object();
  for (const auto& [name, query] : queries.items()) {
    if (const auto found = count(database, query.get<std::string>())) results[name] = *found;
  }
  return results;
}

}  // namespace

Json system_queries(const ConfigurationRow& row) {
  const Target target = parse_target(row.target_condition);
  return {{"targetedCount", target_query(target)},
          {"appliedCount", fmt::format("select deviceId from devices{} where configurations.[[{}]].status = 'Applied'",
                                       target.modules ? ".modules" : "", row.id)}};
}

MetricResults count_metrics(const Database& database, const ConfigurationRow& row) {
  if (!row.evaluated) return {};
  return {count_each(database, system_queries(row)), count_each(database, row.metrics)};
}

}  // namespace fwctl::localhub
