#include "fwctl/firmware/job_parts.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "fwctl/base/error.hpp"
#include "lib/firmware/wire_names.hpp"

namespace fwctl::firmware {
namespace {

using iothub::JobStatus;

void add(iothub::JobStatistics& sum, const iothub::JobStatistics& part) {
  sum.device_count += part.device_count;
  sum.succeeded_count += part.succeeded_count;
  sum.failed_count += part.failed_count;
  sum.running_count += part.running_count;
  sum.pending_count += part.pending_count;
}

}  // namespace

std::optional<Desired> firmware_in(const std::string& update_twin) {
  const auto twin = nlohmann::json::parse(update_twin, nullptr, /*allow_exceptions=*/false);
  const nlohmann::json::json_pointer place(fmt::format("/properties/desired/{}", wire::firmware));
  if (!twin.is_object() || !twin.contains(place)) return std::nullopt;
  return desired_from_json(twin.at(place));
}

JobParts::JobParts(iothub::HubClient& hub, std::vector<std::string> ids) : hub_(hub) {
  for (std::string& id : ids) parts_.push_back({std::move(id), {}});
}

void JobParts::read() {
  for (Part& part : parts_) {
    if (part.job && is_terminal(part.job->status)) continue;
    part.job = hub_.get_job(part.id);
    part.as_of = hub_.now();
    if (!part.job) return;  // they are submitted in their order
  }
}

std::vector<iothub::Job> JobParts::jobs() const {
  std::vector<iothub::Job> jobs;
  for (const Part& part : parts_) {
    if (part.job) jobs.push_back(*part.job);
  }
  return jobs;
}

iothub::JobStatistics JobParts::written() const {
  iothub::JobStatistics sum;
  for (const Part& part : parts_) {
    if (part.job && part.job->statistics) add(sum, *part.job->statistics);
  }
  return sum;
}

Time JobParts::as_of() const {
  Time oldest = Time::max();
  for (const Part& part : parts_) {
    if (part.job) oldest = std::min(oldest, part.as_of);
  }
  return oldest;
}

/// Parts of an update start one after the other, so those that come later start later.
std::optional<Time> JobParts::first_start() const {
  std::optional<Time> first;
  for (const Part& part : parts_) {
    if (part.job && part.job->start) first = std::min(first.value_or(*part.job->start), *part.job->start);
  }
  return first;
}

bool JobParts::any(JobStatus status) const {
  return std::any_of(parts_.begin(), parts_.end(),
                     [&](const Part& part) { return part.job && part.job->status == status; });
}

bool JobParts::may_write() const {
  return std::any_of(parts_.begin(), parts_.end(), [](const Part& part) {
    return part.job && part.job->status != JobStatus::failed && part.job->status != JobStatus::cancelled;
  });
}

bool JobParts::ended() const {
  const bool cancelled = any(JobStatus::cancelled);
  return std::all_of(parts_.begin(), parts_.end(),
                     [&](const Part& part) { return part.job ? is_terminal(part.job->status) : cancelled; });
}

bool JobParts::counted() const {
  return std::all_of(parts_.begin(), parts_.end(), [](const Part& part) {
    return !part.job || part.job->statistics || part.job->status != JobStatus::completed;
  });
}

std::string JobParts::wanted_version() const {
  std::optional<Desired> wanted;
  for (const Part& part : parts_) {
    if (!part.job) continue;
    const auto written = firmware_in(part.job->update_twin);
    const char* hint = "--until written follows the job alone";
    if (!written) throw UsageError(fmt::format("job {} writes no firmware", part.id), hint);
    if (wanted && *wanted != *written) throw UsageError(fmt::format("job {} writes another firmware", part.id), hint);
    wanted = written;
  }
  return wanted->version;
}

}  // namespace fwctl::firmware
