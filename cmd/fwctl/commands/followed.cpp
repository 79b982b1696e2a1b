#include "cmd/fwctl/commands/followed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cmd/fwctl/commands/fleet.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "fwctl/base/iso8601.hpp"

namespace fwctl::cli {
namespace {

using Json = nlohmann::ordered_json;
using firmware::FleetCount;
using firmware::Observation;
using iothub::JobStatus;

/// The sources of a sum are those of its least certain part, and as old as its oldest.
void add(FleetCount& sum, const FleetCount& part) {
  if (part.source == firmware::Source::none) return;
  const bool first = sum.source == firmware::Source::none;
  sum.source = first || part.source == firmware::Source::query ? part.source : sum.source;
  sum.as_of = first ? part.as_of : std::min(sum.as_of, part.as_of);
  sum.devices += part.devices;
  for (const auto& [kind, count] : part.verdicts) sum.verdicts[kind] += count;
  for (const auto& [phase, count] : part.phases) sum.phases[phase] += count;
  for (const auto& [version, count] : part.versions) sum.versions[version] += count;
}

void add(iothub::JobStatistics& sum, const iothub::JobStatistics& part) {
  sum.device_count += part.device_count;
  sum.succeeded_count += part.succeeded_count;
  sum.failed_count += part.failed_count;
  sum.running_count += part.running_count;
  sum.pending_count += part.pending_count;
}

/// Which of several jobs speaks for all: the one that has the longest way to go, or has ended worst.
int weight(JobStatus status) {
  constexpr std::array order{JobStatus::completed, JobStatus::cancelled, JobStatus::failed,
                             JobStatus::scheduled, JobStatus::queued,    JobStatus::running};
  return static_cast<int>(std::find(order.begin(), order.end(), status) - order.begin());
}

}  // namespace

Followed::Followed(std::vector<Observation> parts) : parts_(std::move(parts)) {
  for (const Observation& part : parts_) {
    add(fleet_, part.fleet);
    add(written_, part.job.statistics.value_or(iothub::JobStatistics{}));
    devices_ += part.devices;
    troubled_.insert(troubled_.end(), part.troubled.begin(), part.troubled.end());
  }
}

bool Followed::settled() const {
  return std::all_of(parts_.begin(), parts_.end(), [](const Observation& part) { return part.settled; });
}

bool Followed::any(JobStatus status) const {
  return std::any_of(parts_.begin(), parts_.end(), [&](const Observation& part) { return part.job.status == status; });
}

const std::string& Followed::status() const {
  const auto by_weight = [](const Observation& a, const Observation& b) {
    return weight(a.job.status) < weight(b.job.status);
  };
  return std::max_element(parts_.begin(), parts_.end(), by_weight)->job.status_text;
}

ExitCode Followed::code(const FollowArgs& args) const {
  const std::int64_t reached =
      args.until == "written" ? written_.succeeded_count : count_of(fleet_.verdicts, firmware::VerdictKind::applied);
  if (any(JobStatus::cancelled)) return ExitCode::cancelled;
  if (any(JobStatus::failed)) return reached == 0 ? ExitCode::job_failed : ExitCode::some_failed;
  if (devices_ == 0) return args.allow_empty ? ExitCode::ok : ExitCode::job_failed;
  return code_for(reached, devices_);
}

std::string Followed::text(const std::string& id) const {
  std::string text = fmt::format("job {} {}", id, status());
  const bool writing = any(JobStatus::running) || any(JobStatus::queued) || any(JobStatus::scheduled);
  const bool counted = fleet_.devices > 0;
  if (written_.device_count > 0 && (writing || !counted)) {
    text += fmt::format(": {} of {} twins written", written_.succeeded_count, written_.device_count);
    if (written_.failed_count > 0) text += fmt::format(", {} failed", written_.failed_count);
    if (counted) text += "; ";
  } else if (counted) {
    text += ": ";
  }
  if (counted) text += count_text(fleet_);
  return text;
}

Json Followed::written_json() const {
  const auto oldest = std::min_element(parts_.begin(), parts_.end(), [](const Observation& a, const Observation& b) {
    return a.job_as_of < b.job_as_of;
  });
  return {{"devices", written_.device_count},
          {"succeeded", written_.succeeded_count},
          {"failed", written_.failed_count},
          {"pending", written_.pending_count + written_.running_count},
          {"source", "job"},
          {"asOf", format_iso8601(oldest->job_as_of)}};
}

Json Followed::document(const std::string& id, const std::string& outcome, const FollowArgs& args, Time now,
                        const iothub::Budget& budget) const {
  Json document = new_document();
  document["jobId"] = id;
  document["outcome"] = outcome;
  document["until"] = args.until;
  document["asOf"] = format_iso8601(now);
  document["status"] = status();
  document["devices"] = devices_;
  document["written"] = written_json();
  put_count(document, fleet_);
  document["troubled"] = device_rows(troubled_);
  put_budget(document, budget);
  if (parts_.size() == 1) {
    document["job"] = from_hub(parts_.front().job.document);
  } else {
    document["jobs"] = Json::array();
    for (const Observation& part : parts_) document["jobs"].push_back(from_hub(part.job.document));
  }
  return document;
}

Columns followed_columns(const FollowArgs& args, bool one_job) {
  Columns columns{{"JOB", "/jobId"}, {"OUTCOME", "/outcome"}, {"STATUS", "/status"}, {"DEVICES", "/devices"}};
  if (args.until == "applied") {
    columns.push_back({"APPLIED", "/verdicts/applied"});
  } else {
    columns.push_back({"WRITTEN", "/written/succeeded"});
  }
  if (one_job) columns.push_back({"REASON", "/job/failureReason"});
  return columns;
}

}  // namespace fwctl::cli
