#include "fwctl/firmware/observer.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <set>

#include "fwctl/base/error.hpp"
#include "fwctl/iothub/query_text.hpp"
#include "lib/firmware/wire_names.hpp"

namespace fwctl::firmware {

std::int64_t count_of(const Counts& counts, VerdictKind kind) {
  const auto found = counts.find(kind);
  return found == counts.end() ? 0 : found->second;
}

std::optional<Desired> firmware_of(const iothub::Job& job) {
  const auto twin = nlohmann::json::parse(job.update_twin, nullptr, /*allow_exceptions=*/false);
  const nlohmann::json::json_pointer place(fmt::format("/properties/desired/{}", wire::firmware));
  if (!twin.is_object() || !twin.contains(place)) return std::nullopt;
  return desired_from_json(twin.at(place));
}

void read_fleet(iothub::HubClient& hub, const std::string& condition, const Question& question,
                const std::function<void(const DeviceState&)>& on_device) {
  const std::string where = condition == "*" ? "" : fmt::format(" WHERE {}", condition);
  auto pages = hub.query("SELECT * FROM devices" + where);
  while (const auto page = pages.next()) {
    for (const std::string& row : *page) {
      DeviceState device{read_evidence(row), {}};
      device.verdict = judge(device.evidence, question);
      on_device(device);
    }
  }
}

JobObserver::JobObserver(iothub::HubClient& hub, std::string job_id, Options options)
    : hub_(hub), job_id_(std::move(job_id)), options_(options) {}

std::optional<Observation> JobObserver::look(Time now) {
  const auto job = ended_ ? ended_ : hub_.get_job(job_id_);
  if (!job) return std::nullopt;
  Observation observation;
  observation.job = *job;
  if (job->statistics) observation.devices = job->statistics->device_count;
  if (!iothub::is_terminal(job->status)) return observation;
  ended_ = job;
  const bool wrote = job->status == iothub::JobStatus::completed;
  observation.settled = !wrote || !options_.devices;
  if (wrote && options_.devices) judge_devices(observation, now);
  return observation;
}

void JobObserver::read_rows() {
  auto pages = hub_.query("SELECT * FROM devices.jobs WHERE devices.jobs.jobId = " + iothub::quote_literal(job_id_));
  while (const auto page = pages.next()) {
    for (const std::string& text : *page) {
      const iothub::DeviceJob row = iothub::parse_device_job(text);
      auto& write_error = targets_[row.device_id];
      if (row.status == "failed") write_error = fmt::format("{}: {}", row.error_code, row.error_description);
    }
  }
  rows_read_ = true;
}

void JobObserver::judge_devices(Observation& observation, Time now) {
  const auto wanted = firmware_of(observation.job);
  if (!wanted) throw Error(fmt::format("job {} writes no firmware", job_id_), "--until written follows the job alone");
  if (!rows_read_) read_rows();

  const Question question{wanted->version, std::nullopt, now, options_.device_timeout};
  std::set<std::string> seen;
  const auto judge_target = [&](DeviceState device) {
    const auto target = targets_.find(device.evidence.device_id);
    if (target == targets_.end() || !seen.insert(target->first).second) return;
    Question asked = question;
    asked.write_error = target->second;
    device.verdict = judge(device.evidence, asked);
    take(observation, device);
  };
  observation.devices = static_cast<std::int64_t>(targets_.size());
  observation.settled = true;
  if (!targets_.empty()) read_fleet(hub_, observation.job.query_condition, question, judge_target);
  for (const auto& [id, write_error] : targets_) {
    if (seen.contains(id)) continue;
    const auto twin = hub_.get_twin(id);
    DeviceState device{twin ? read_evidence(twin->document) : Evidence{}, {}};
    device.evidence.device_id = id;
    if (!twin && !write_error) targets_[id] = "the device was deleted";
    judge_target(device);
  }
}

void JobObserver::take(Observation& observation, const DeviceState& device) {
  ++observation.counts[device.verdict.kind];
  // Once its twin was written and wants something else, another job has taken the device over: it will not come back.
  const bool over = device.verdict.final || device.verdict.kind == VerdictKind::untouched;
  observation.settled &= over;
  if (over && device.verdict.kind != VerdictKind::applied) observation.troubled.push_back(device);
}

}  // namespace fwctl::firmware
