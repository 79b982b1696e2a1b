#include "cmd/fwctl/commands/dry_run.hpp"

#include <fmt/format.h>

#include <map>

#include "cmd/fwctl/commands/rows.hpp"
#include "fwctl/firmware/fleet_reader.hpp"

namespace fwctl::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Half of what the smallest hub answers in a minute.
constexpr std::size_t most_queries = 10;

Json request_of(const iothub::TwinJob& job) {
  return {{"method", "PUT"},
          {"path", "/jobs/v2/" + job.id},
          {"body", Json::parse(iothub::HubClient::job_request_body(job))}};
}

Json parts_of(const LogicalJob& job) {
  Json parts = Json::array();
  for (std::size_t i = 0; i < job.parts(); ++i) {
    const iothub::TwinJob part = job.part(i);
    parts.push_back(
        {{"jobId", part.id}, {"named", job.targets.named(i)}, {"conditionLength", part.query_condition.size()}});
  }
  return parts;
}

void add_runs(Context& ctx, const LogicalJob& job, Json& document) {
  std::map<std::optional<std::string>, std::int64_t> runs;
  for (std::size_t i = 0; i < job.parts(); ++i) {
    for (const auto& [version, count] : firmware::count_versions(ctx.hub(), job.targets.condition(i))) {
      runs[version] += count;
    }
  }
  std::int64_t devices = 0;
  document["runs"] = Json::array();
  for (const auto& [version, count] : runs) {
    document["runs"].push_back({{"version", version ? Json(*version) : Json(nullptr)}, {"devices", count}});
    devices += count;
  }
  document["devices"] = devices;
  if (devices == 0) ctx.notice("no device matches");
}

}  // namespace

ExitCode dry_run(Context& ctx, const LogicalJob& job, Json document) {
  document["status"] = "dry run";
  document["request"] = request_of(job.part(0));
  if (job.parts() > 1) document["parts"] = parts_of(job);
  if (job.parts() <= most_queries) {
    add_runs(ctx, job, document);
  } else {
    document["runs"] = nullptr;
    document["devices"] = nullptr;
    ctx.notice(fmt::format("what they run now was not asked: that would take {} queries", job.parts()));
  }
  Columns columns{{"JOB", "/jobId"}, {"DEVICES", "/devices"}, {"RUN NOW", "/runs"}, {"REQUEST", "/request"}};
  if (job.targets.named() > 0) columns.insert(columns.begin() + 1, {"NAMED", "/named"});
  if (job.parts() > 1) columns.push_back({"PARTS", "/parts"});
  print_document(ctx, document, columns);
  return ExitCode::ok;
}

}  // namespace fwctl::cli
