#include "cmd/fwctl/commands/jobs.hpp"

#include <fmt/format.h>

#include <map>

#include "cmd/fwctl/commands/job_ids.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "cmd/fwctl/errors.hpp"

namespace fwctl::cli {
namespace {

/// The parts of a logical job, found by their names: by how many there are to be, and by their number. A single job is
/// the list of one.
using Lists = std::map<std::size_t, std::map<std::size_t, iothub::Job>>;

Lists lists_called(Context& ctx, const std::string& id) {
  Lists lists;
  auto pages = ctx.hub().list_jobs("", "");
  while (auto page = pages.next()) {
    for (iothub::Job& job : *page) {
      const auto part = job.id == id ? PartId{id, 1, 1} : parse_part_id(job.id);
      if (part && part->logical == id) lists[part->count].insert_or_assign(part->number, std::move(job));
    }
  }
  return lists;
}

}  // namespace

NamedJob existing_job(Context& ctx, const std::string& id) {
  if (auto job = ctx.hub().get_job(id)) return {{std::move(*job)}, 1};
  Lists lists = lists_called(ctx, id);
  if (lists.empty()) throw NotFound(fmt::format("no job {}", id), "fwctl job list shows what there is");
  if (lists.size() > 1) {
    throw Conflict(fmt::format("{} are the parts of two lists, of {} and of {} parts", id, lists.begin()->first,
                               lists.rbegin()->first),
                   fmt::format("name one part: {}", lists.begin()->second.begin()->second.id));
  }
  NamedJob named{{}, lists.begin()->first};
  for (auto& [number, job] : lists.begin()->second) named.jobs.push_back(std::move(job));
  return named;
}

Columns job_columns(const std::string& at) {
  return {{"JOB", at + "/jobId"},
          {"TYPE", at + "/type"},
          {"STATUS", at + "/status"},
          {"START", at + "/startTime"},
          {"END", at + "/endTime"},
          {"DEVICES", at + "/deviceJobStatistics/deviceCount"},
          {"SUCCEEDED", at + "/deviceJobStatistics/succeededCount"},
          {"FAILED", at + "/deviceJobStatistics/failedCount"}};
}

void print_jobs(Context& ctx, const NamedJob& named, Columns more) {
  if (named.count == 1) {
    Columns columns = job_columns("/job");
    columns.insert(columns.end(), more.begin(), more.end());
    return print_document(ctx, new_document("job", from_hub(named.jobs.front().document)), columns);
  }
  List list(ctx, {"jobs", "job"}, job_columns(""));
  for (const iothub::Job& job : named.jobs) list.add(from_hub(job.document));
  list.end("no jobs");
  if (named.jobs.size() < named.count) {
    ctx.notice(fmt::format("{} of {} parts are not submitted yet", named.count - named.jobs.size(), named.count));
  }
}

}  // namespace fwctl::cli
