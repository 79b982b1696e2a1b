#include "fwctl/firmware/job_observer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "fwctl/base/error.hpp"
#include "lib/firmware/fleet_query.hpp"
#include "lib/firmware/job_rows.hpp"
#include "lib/firmware/wire_names.hpp"

namespace fwctl::firmware {
namespace {

using iothub::JobStatus;

/// The hub's clocks agree with one another to a fraction of it.
constexpr std::chrono::seconds clock_slack{1};

/// So many rows take one query.
constexpr std::int64_t rows_of_a_page = 100;

/// Told at once; the others are told at the end.
constexpr int most_failures = 20;

void add(iothub::JobStatistics& sum, const iothub::JobStatistics& part) {
  sum.device_count += part.device_count;
  sum.succeeded_count += part.succeeded_count;
  sum.failed_count += part.failed_count;
  sum.running_count += part.running_count;
  sum.pending_count += part.pending_count;
}

FleetCount with_write_failures(FleetCount count, std::int64_t failures) {
  count.devices += failures;
  if (failures > 0) count.verdicts[VerdictKind::write_failed] += failures;
  return count;
}

DeviceState unseen(const std::string& id, Verdict verdict) {
  DeviceState device;
  device.evidence.device_id = id;
  device.evidence.seen = false;
  device.verdict = std::move(verdict);
  return device;
}

Verdict failure(const std::string& why) { return judge({}, {{}, why, {}}); }

DeviceState deleted(const std::string& id) {
  return unseen(id, {VerdictKind::untouched, std::nullopt, "the device was deleted", std::nullopt, false});
}

}  // namespace

std::optional<Desired> firmware_in(const std::string& update_twin) {
  const auto twin = nlohmann::json::parse(update_twin, nullptr, /*allow_exceptions=*/false);
  const nlohmann::json::json_pointer place(fmt::format("/properties/desired/{}", wire::firmware));
  if (!twin.is_object() || !twin.contains(place)) return std::nullopt;
  return desired_from_json(twin.at(place));
}

bool Observation::any(JobStatus status) const {
  return std::any_of(jobs.begin(), jobs.end(), [&](const iothub::Job& job) { return job.status == status; });
}

JobObserver::JobObserver(iothub::HubClient& hub, const iothub::Budget& budget, std::vector<std::string> job_ids,
                         Options options)
    : hub_(hub), budget_(budget), options_(options) {
  for (std::string& id : job_ids) parts_.push_back({std::move(id), {}});
}

void JobObserver::read_jobs() {
  for (Part& part : parts_) {
    if (part.job && is_terminal(part.job->status)) continue;
    part.job = hub_.get_job(part.id);
    part.as_of = hub_.now();
  }
}

std::optional<Observation> JobObserver::observation() const {
  Observation seen;
  seen.written_as_of = Time::max();
  for (const Part& part : parts_) {
    seen.written_as_of = std::min(seen.written_as_of, part.as_of);
    if (!part.job) {
      ++seen.missing;
      continue;
    }
    seen.jobs.push_back(*part.job);
    if (part.job->statistics) add(seen.written, *part.job->statistics);
  }
  seen.devices = seen.written.device_count;
  return seen.jobs.empty() ? std::nullopt : std::optional(std::move(seen));
}

/// Where a part was cancelled, nobody submits those that are missing.
bool JobObserver::ended() const {
  const bool cancelled = std::any_of(parts_.begin(), parts_.end(), [](const Part& part) {
    return part.job && part.job->status == JobStatus::cancelled;
  });
  return std::all_of(parts_.begin(), parts_.end(),
                     [&](const Part& part) { return part.job ? is_terminal(part.job->status) : cancelled; });
}

/// Whether the jobs say how many devices they wrote to.
bool JobObserver::counted() const {
  return std::all_of(parts_.begin(), parts_.end(), [](const Part& part) {
    return !part.job || part.job->statistics || part.job->status != JobStatus::completed;
  });
}

std::optional<Observation> JobObserver::look() {
  read_jobs();
  auto seen = observation();
  if (!seen) return std::nullopt;
  if (options_.devices && (seen->any(JobStatus::completed) || seen->any(JobStatus::running))) {
    look_at_devices(*seen);
  } else {
    seen->settled = ended();
    if (seen->settled) name_write_failures(*seen);
  }
  return seen;
}

/// As far as one query tells them.
void JobObserver::name_write_failures(Observation& seen) {
  if (seen.written.failed_count > rows_of_a_page) return;
  Settlement settlement;
  take_write_failures(seen, settlement);
  seen.troubled = std::move(settlement.others);
}

std::string JobObserver::wanted_version() const {
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

/// Parts of an update start one after the other, so those that come later start later.
Time JobObserver::first_start() const {
  Time first = Time::max();
  for (const Part& part : parts_) {
    if (part.job && part.job->start) first = std::min(first, *part.job->start);
  }
  return first;
}

/// The devices of one job are those that its condition selects and that were asked for this version since. Of several
/// jobs the conditions are lists of names, too long for a query together: being asked has to do, and the rows of the
/// jobs decide where that is not exact.
FleetObserver& JobObserver::fleet() {
  const std::string version = wanted_version();
  if (fleet_) return *fleet_;
  FleetObserver::Options options{fleet_query::wants(version), version, options_.device_timeout, {}};
  if (parts_.size() == 1) {
    options.condition = fleet_query::both(parts_.front().job->query_condition, options.condition);
  }
  if (const Time start = first_start(); start != Time::max()) {
    options.since = start - clock_slack;
    options.condition = fleet_query::both(options.condition, fleet_query::asked_since(*options.since));
  }
  return fleet_.emplace(hub_, budget_, std::move(options));
}

void JobObserver::look_at_devices(Observation& seen) {
  FleetObserver& fleet = this->fleet();
  if (!counted() || seen.written.succeeded_count > 0) {
    fleet.look(expected(seen));
    seen.fleet = with_write_failures(fleet.count(), seen.written.failed_count);
    seen.failures = fleet.new_failures(most_failures);
  }
  if (ended() && is_due(seen)) settle(seen);
}

/// Whether it is worth to settle.
bool JobObserver::is_due(const Observation& seen) {
  if (rows_missing_ || (counted() && seen.written.succeeded_count == 0)) return true;
  return options_.at_once ? fleet_->may_be_over_at_once(expected(seen)) : fleet_->may_be_over(expected(seen));
}

std::int64_t JobObserver::expected(const Observation& seen) const {
  return counted() ? seen.written.succeeded_count : static_cast<std::int64_t>(all_rows_ ? all_rows_->size() : 0);
}

/// Whether the devices of the jobs are those that were found is told by their number alone where they are many: to
/// read a row for each would take a query for every hundred.
void JobObserver::settle(Observation& seen) {
  Settlement settlement;
  rows_missing_ = false;
  if (!counted() || seen.written.succeeded_count > 0) settlement = fleet_->settle();
  take_write_failures(seen, settlement);
  const auto accounted = settlement.applied + static_cast<std::int64_t>(settlement.others.size());
  if (!counted() || accounted != seen.devices || seen.devices <= rows_of_a_page) reconcile(seen, settlement);

  const FleetCount exact = exact_count(settlement, seen.fleet, hub_.now());
  if (!counted()) seen.devices = exact.devices;
  seen.settled = !rows_missing_ && std::all_of(settlement.others.begin(), settlement.others.end(),
                                               [](const DeviceState& device) { return is_over(device.verdict); });
  if (seen.settled || options_.at_once) seen.fleet = exact;  // else the numbers would change their kind now and then
  if (!seen.settled) return fleet_->not_over(settlement.others);
  seen.troubled = std::move(settlement.others);
}

/// With what its twin says of it.
DeviceState JobObserver::write_failed(const std::string& id, const std::string& why) const {
  const auto twin = hub_.get_twin(id);
  if (!twin) return unseen(id, failure(why));
  return {read_evidence(twin->document), failure(why)};
}

/// Devices whose twin the hub could not write, whatever their twins say.
void JobObserver::take_write_failures(const Observation& seen, Settlement& settlement) {
  if (counted() && seen.written.failed_count == 0) return;
  if (!failed_rows_) failed_rows_ = read_job_rows(hub_, seen.jobs, "failed");
  std::erase_if(settlement.others,
                [&](const DeviceState& device) { return failed_rows_->contains(device.evidence.device_id); });
  const bool are_few = std::ssize(*failed_rows_) <= rows_of_a_page;
  for (const auto& [id, why] : *failed_rows_) {
    settlement.others.push_back(are_few ? write_failed(id, why.value_or("")) : unseen(id, failure(why.value_or(""))));
  }
}

/// Where the counts do not agree, the index is behind, tags have changed, another job has come in between, or devices
/// are gone. Every device of the jobs that is not known yet is read by GET, and no other counts.
void JobObserver::reconcile(Observation& seen, Settlement& settlement) {
  const std::int64_t found = settlement.applied + static_cast<std::int64_t>(settlement.others.size());
  if (!all_rows_) all_rows_ = read_job_rows(hub_, seen.jobs, {});
  const auto rows = static_cast<std::int64_t>(all_rows_->size());
  if (rows >= seen.devices) {
    std::erase_if(settlement.others,
                  [&](const DeviceState& device) { return !all_rows_->contains(device.evidence.device_id); });
  }
  std::set<std::string> known;
  for (const DeviceState& device : settlement.others) known.insert(device.evidence.device_id);
  settlement.applied = 0;
  for (const auto& [id, write_error] : *all_rows_) {
    if (known.contains(id)) continue;
    if (known_applied_.contains(id)) {
      ++settlement.applied;
      continue;
    }
    DeviceState device = write_error ? write_failed(id, *write_error) : fleet_->judge_by_get(id).value_or(deleted(id));
    if (device.verdict.kind == VerdictKind::applied) {
      known_applied_.insert(id);
      ++settlement.applied;
    } else {
      settlement.others.push_back(std::move(device));
    }
  }
  wait_for_rows(counted() ? seen.devices : std::max(found, seen.fleet.devices));
  seen.devices = std::max(seen.devices, rows);
}

/// The rows come from the index, too: while it has fewer than there must be, they are read again, but not for ever. Of
/// jobs that do not say how many there are, two readings must agree.
void JobObserver::wait_for_rows(std::int64_t awaited) {
  const std::size_t rows = all_rows_->size();
  const bool steady = std::exchange(rows_before_, rows) == rows || counted();
  if ((static_cast<std::int64_t>(rows) >= awaited && steady) || options_.at_once) return;
  if (!rows_awaited_since_) rows_awaited_since_ = hub_.now();
  rows_missing_ = hub_.now() < *rows_awaited_since_ + options_.device_timeout;
  if (rows_missing_) all_rows_.reset();
}

}  // namespace fwctl::firmware
