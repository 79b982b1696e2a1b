#include "fwctl/firmware/job_observer.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "fwctl/base/error.hpp"
#include "fwctl/iothub/query_text.hpp"
#include "lib/firmware/fleet_query.hpp"
#include "lib/firmware/wire_names.hpp"

namespace fwctl::firmware {
namespace {

using iothub::JobStatus;

/// The hub's clocks agree with one another to a fraction of it.
constexpr std::chrono::seconds clock_slack{1};

/// Told at once; the others are told at the end.
constexpr int most_failures = 20;

DeviceState write_failed(const std::string& id, const std::string& why) {
  DeviceState device;
  device.evidence.device_id = id;
  device.verdict = judge(device.evidence, {{}, why, {}});
  return device;
}

}  // namespace

std::optional<Desired> firmware_of(const iothub::Job& job) {
  const auto twin = nlohmann::json::parse(job.update_twin, nullptr, /*allow_exceptions=*/false);
  const nlohmann::json::json_pointer place(fmt::format("/properties/desired/{}", wire::firmware));
  if (!twin.is_object() || !twin.contains(place)) return std::nullopt;
  return desired_from_json(twin.at(place));
}

JobObserver::JobObserver(iothub::HubClient& hub, const iothub::Budget& budget, std::string job_id, Options options)
    : hub_(hub), budget_(budget), job_id_(std::move(job_id)), options_(options) {}

std::optional<iothub::Job> JobObserver::read_job() {
  if (ended_) return ended_;
  const auto job = hub_.get_job(job_id_);
  if (job && iothub::is_terminal(job->status)) ended_ = job;
  return job;
}

std::optional<Observation> JobObserver::look(Time now) {
  const auto job = read_job();
  if (!job) return std::nullopt;
  Observation observation;
  observation.job = *job;
  observation.job_as_of = now;
  if (job->statistics) observation.devices = job->statistics->device_count;
  const bool wrote = job->status == JobStatus::completed;
  if (options_.devices && (wrote || job->status == JobStatus::running)) {
    look_at_devices(observation, now);
  } else {
    observation.settled = iothub::is_terminal(job->status);
  }
  return observation;
}

FleetObserver& JobObserver::fleet_of(const iothub::Job& job) {
  if (fleet_) return *fleet_;
  const auto wanted = firmware_of(job);
  if (!wanted) throw Error(fmt::format("job {} writes no firmware", job_id_), "--until written follows the job alone");
  FleetObserver::Options options{job.query_condition, wanted->version, options_.device_timeout, {}};
  options.condition = fleet_query::both(options.condition, fleet_query::wants(wanted->version));
  if (job.start) {
    options.since = *job.start - clock_slack;
    options.condition = fleet_query::both(options.condition, fleet_query::asked_since(*options.since));
  }
  return fleet_.emplace(hub_, budget_, std::move(options));
}

void JobObserver::look_at_devices(Observation& observation, Time now) {
  FleetObserver& fleet = fleet_of(observation.job);
  const bool ended = ended_.has_value();
  const bool nothing_to_see = observation.job.statistics && observation.job.statistics->succeeded_count == 0;
  if (!nothing_to_see && !(ended && options_.at_once)) {
    fleet.look(now, expected(observation.job));
    observation.fleet = fleet.count();
    observation.failures = fleet.new_failures(now, most_failures);
  }
  if (ended && (options_.at_once || nothing_to_see || fleet.may_be_over(now, expected(observation.job)))) {
    settle(observation, now);
  }
}

std::int64_t JobObserver::expected(const iothub::Job& job) const {
  return job.statistics ? job.statistics->succeeded_count
                        : static_cast<std::int64_t>(all_rows_ ? all_rows_->size() : 0);
}

JobObserver::Rows JobObserver::read_rows(const std::string& status) const {
  std::string sql = "SELECT * FROM devices.jobs WHERE devices.jobs.jobId = " + iothub::quote_literal(job_id_);
  if (!status.empty()) sql += " AND devices.jobs.status = " + iothub::quote_literal(status);
  Rows rows;
  auto pages = hub_.query(sql);
  while (const auto page = pages.next()) {
    for (const std::string& text : *page) {
      const iothub::DeviceJob row = iothub::parse_device_job(text);
      auto& error = rows[row.device_id];
      if (row.status == "failed") error = fmt::format("{}: {}", row.error_code, row.error_description);
    }
  }
  return rows;
}

void JobObserver::settle(Observation& observation, Time now) {
  Settlement settlement;
  const auto& statistics = observation.job.statistics;
  if (!statistics || statistics->succeeded_count > 0) settlement = fleet_->settle(now);
  take_write_failures(observation, settlement);
  const auto accounted = settlement.applied + static_cast<std::int64_t>(settlement.others.size());
  if (!statistics || accounted != statistics->device_count) reconcile(observation, settlement, now);

  FleetCount counted;
  counted.source = Source::twins;
  counted.as_of = now;
  counted.devices = settlement.applied;
  if (settlement.applied > 0) counted.verdicts[VerdictKind::applied] = settlement.applied;
  observation.settled = true;
  for (const DeviceState& device : settlement.others) {
    counted.add(device.evidence, device.verdict.kind, 1);
    observation.settled &= is_over(device.verdict);
  }
  counted.versions = observation.fleet.versions;
  observation.fleet = std::move(counted);
  if (!statistics) observation.devices = observation.fleet.devices;
  if (!observation.settled) return fleet_->not_over(now, settlement.others);
  observation.troubled = std::move(settlement.others);
}

/// Devices whose twin the hub could not write, whatever their twins say.
void JobObserver::take_write_failures(Observation& observation, Settlement& settlement) {
  const auto& statistics = observation.job.statistics;
  if (statistics && statistics->failed_count == 0) return;
  if (!failed_rows_) failed_rows_ = read_rows("failed");
  std::erase_if(settlement.others,
                [&](const DeviceState& device) { return failed_rows_->contains(device.evidence.device_id); });
  for (const auto& [id, why] : *failed_rows_) settlement.others.push_back(write_failed(id, why.value_or("")));
}

/// The counts do not agree: the index is behind, tags have changed, another job has come in between, or devices are
/// gone. Every device of the job that is not known yet is read by GET.
void JobObserver::reconcile(Observation& observation, Settlement& settlement, Time now) {
  if (!all_rows_) all_rows_ = read_rows({});
  std::set<std::string> known;
  for (const DeviceState& device : settlement.others) known.insert(device.evidence.device_id);
  settlement.applied = 0;
  for (const auto& [id, write_error] : *all_rows_) {
    if (known.contains(id)) continue;
    if (known_applied_.contains(id)) {
      ++settlement.applied;
      continue;
    }
    DeviceState device = write_error
                             ? write_failed(id, *write_error)
                             : fleet_->judge_by_get(id, now).value_or(write_failed(id, "the device was deleted"));
    if (device.verdict.kind == VerdictKind::applied) {
      known_applied_.insert(id);
      ++settlement.applied;
    } else {
      settlement.others.push_back(std::move(device));
    }
  }
  observation.devices = std::max(observation.devices, static_cast<std::int64_t>(all_rows_->size()));
}

}  // namespace fwctl::firmware
