#include "cmd/fwctl/commands/followed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cmd/fwctl/commands/fleet.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "cmd/fwctl/commands/targets.hpp"
#include "fwctl/base/iso8601.hpp"

namespace fwctl::cli {
namespace {

using Json = nlohmann::ordered_json;
using firmware::Observation;
using iothub::JobStatus;

/// Which of several jobs speaks for all: the one that has the longest way to go, or has ended worst.
int weight(JobStatus status) {
  constexpr std::array order{JobStatus::completed, JobStatus::cancelled, JobStatus::failed,
                             JobStatus::scheduled, JobStatus::queued,    JobStatus::running};
  return static_cast<int>(std::find(order.begin(), order.end(), status) - order.begin());
}

bool writes(const Observation& seen) {
  return seen.missing > 0 || seen.any(JobStatus::running) || seen.any(JobStatus::queued) ||
         seen.any(JobStatus::scheduled);
}

std::string written_text(const Observation& seen) {
  const iothub::JobStatistics& written = seen.written;
  const bool calls = seen.jobs.front().type == "scheduleDeviceMethod";
  std::string text = fmt::format("{} of {} {}", written.succeeded_count, written.device_count,
                                 calls ? "devices answered" : "twins written");
  if (written.failed_count > 0) text += fmt::format(", {} failed", written.failed_count);
  return text;
}

Json written_json(const Observation& seen) {
  return {{"devices", seen.written.device_count},
          {"succeeded", seen.written.succeeded_count},
          {"failed", seen.written.failed_count},
          {"pending", seen.written.pending_count + seen.written.running_count},
          {"source", "job"},
          {"asOf", format_iso8601(seen.written_as_of)}};
}

}  // namespace

std::string Followed::status() const {
  const auto by_weight = [](const iothub::Job& a, const iothub::Job& b) { return weight(a.status) < weight(b.status); };
  const iothub::Job& first = *std::max_element(seen.jobs.begin(), seen.jobs.end(), by_weight);
  const bool goes_on = seen.missing > 0 && first.status == JobStatus::completed;
  return goes_on ? "running" : first.status_text;
}

std::int64_t Followed::named() const {
  std::int64_t named = 0;
  for (const iothub::Job& job : seen.jobs) named += static_cast<std::int64_t>(named_in(job.query_condition));
  return named;
}

ExitCode Followed::code() const {
  const std::int64_t reached = args.until == "written" ? seen.written.succeeded_count
                                                       : count_of(seen.fleet.verdicts, firmware::VerdictKind::applied);
  if (seen.any(JobStatus::cancelled)) return ExitCode::cancelled;
  if (seen.any(JobStatus::failed)) return reached == 0 ? ExitCode::job_failed : ExitCode::some_failed;
  if (seen.devices == 0) return args.allow_empty ? ExitCode::ok : ExitCode::job_failed;
  // Devices that were named and that the hub does not have do not run it either.
  return code_for(reached, std::max(seen.devices, named()));
}

std::string Followed::text() const {
  std::vector<std::string> parts;
  const bool counted = seen.fleet.devices > 0;
  if (seen.missing > 0) {
    parts.push_back(fmt::format("{} of {} parts not submitted yet", seen.missing, seen.missing + seen.jobs.size()));
  }
  if (seen.written.device_count > 0 && (writes(seen) || !counted)) parts.push_back(written_text(seen));
  if (counted) parts.push_back(count_text(seen.fleet));
  return fmt::format("job {} {}{}{}", plan.id, status(), parts.empty() ? "" : ": ", fmt::join(parts, "; "));
}

Json Followed::document(const std::string& outcome, Time now, const iothub::Budget& budget) const {
  Json document = new_document();
  document["jobId"] = plan.id;
  document["outcome"] = outcome;
  document["until"] = args.until;
  document["asOf"] = format_iso8601(now);
  document["status"] = status();
  document["devices"] = seen.devices;
  if (named() > 0) document["named"] = named();
  document["written"] = written_json(seen);
  put_count(document, seen.fleet);
  document["troubled"] = device_rows(seen.troubled);
  put_budget(document, budget);
  if (seen.jobs.size() + seen.missing == 1) {
    document["job"] = from_hub(seen.jobs.front().document);
    return document;
  }
  document["partCount"] = seen.jobs.size() + seen.missing;
  document["jobs"] = Json::array();
  for (const iothub::Job& job : seen.jobs) document["jobs"].push_back(from_hub(job.document));
  return document;
}

Columns Followed::columns() const {
  Columns columns{{"JOB", "/jobId"}, {"OUTCOME", "/outcome"}, {"STATUS", "/status"}, {"DEVICES", "/devices"}};
  if (args.until == "applied") {
    columns.push_back({"APPLIED", "/verdicts/applied"});
  } else {
    columns.push_back({"WRITTEN", "/written/succeeded"});
  }
  if (seen.jobs.size() + seen.missing == 1) columns.push_back({"REASON", "/job/failureReason"});
  return columns;
}

}  // namespace fwctl::cli
