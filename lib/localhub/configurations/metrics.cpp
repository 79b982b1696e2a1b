#include "lib/localhub/configurations/metrics.hpp"

#include <fmt/core.h>

#include "lib/localhub/configurations/content.hpp"
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

/// A deployment's devices are edge devices, and what became of it stands in the twins of their $edgeAgent.
Json deployment_queries(const ConfigurationRow& row, Target target) {
  const std::string edge = "capabilities.iotEdge = true";
  if (!target.condition.empty()) {
    target.condition = target.condition == "*" ? edge : fmt::format("{} and ({})", edge, target.condition);
  }
  const std::string applied = fmt::format(
      "select deviceId from devices.modules where moduleId = '{}' and configurations.[[{}]].status = 'Applied'",
      edge_agent, row.id);
  const std::string reported = applied +
                               " and properties.desired.$version = properties.reported.lastDesiredVersion"
                               " and properties.reported.lastDesiredStatus.code ";
  return {{"targetedCount", target_query(target)},
          {"appliedCount", applied},
          {"reportedSuccessfulCount", reported + "= 200"},
          {"reportedFailedCount", reported + "!= 200"}};
}

}  // namespace

Json system_queries(const ConfigurationRow& row) {
  const Target target = parse_target(row.target_condition);
  if (read_content(row.content).kind == ContentKind::edge) return deployment_queries(row, target);
  return {{"targetedCount", target_query(target)},
          {"appliedCount", fmt::format("select deviceId from devices{} where configurations.[[{}]].status = 'Applied'",
                                       target.modules ? ".modules" : "", row.id)}};
}

MetricResults count_metrics(const Database& database, const ConfigurationRow& row) {
  if (!row.evaluated) return {};
  return {count_each(database, system_queries(row)), count_each(database, row.metrics)};
}

}  // namespace fwctl::localhub
