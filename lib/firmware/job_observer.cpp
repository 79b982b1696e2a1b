#include "fwctl/firmware/job_observer.hpp"

#include <algorithm>
#include <utility>

#include "fwctl/iothub/error.hpp"
#include "lib/firmware/fleet_query.hpp"

namespace fwctl::firmware {
namespace {

using iothub::JobStatus;

/// The hub's clocks agree with one another to a fraction of it.
constexpr std::chrono::seconds clock_slack{1};

/// Told at once; the others are told at the end.
constexpr int most_failures = 20;

FleetCount with_write_failures(FleetCount count, std::int64_t failures) {
  count.devices += failures;
  if (failures > 0) count.verdicts[VerdictKind::write_failed] += failures;
  return count;
}

}  // namespace

bool Observation::any(JobStatus status) const {
  return std::any_of(jobs.begin(), jobs.end(), [&](const iothub::Job& job) { return job.status == status; });
}

JobObserver::JobObserver(iothub::HubClient& hub, const iothub::Budget& budget, std::vector<std::string> job_ids,
                         Options options)
    : hub_(hub),
      budget_(budget),
      parts_(hub, std::move(job_ids)),
      options_(options),
      ledger_(hub, options.at_once, options.device_timeout) {}

std::optional<Observation> JobObserver::observation() const {
  Observation seen;
  seen.jobs = parts_.jobs();
  if (seen.jobs.empty()) return std::nullopt;
  seen.missing = parts_.size() - seen.jobs.size();
  seen.written = parts_.written();
  seen.written_as_of = parts_.as_of();
  seen.devices = seen.written.device_count;
  return seen;
}

std::optional<Observation> JobObserver::look() {
  parts_.read();
  auto seen = observation();
  if (seen && options_.devices && parts_.may_write()) parts_.wanted_version();
  if (!seen || !follows_devices(*seen)) return seen;
  FleetObserver& fleet = this->fleet();
  if (have_devices(*seen)) {
    look_at_fleet(*seen);
    seen->fleet = with_write_failures(fleet.count(), seen->written.failed_count);
  }
  return seen;
}

/// A condition that the update itself makes untrue, such as one on what runs now, loses devices as they come to their
/// end, or has lost them.
void JobObserver::look_at_fleet(const Observation& seen) {
  fleet_->look(expected(seen));
  const auto end = last_end(seen.jobs);
  if (most_seen_ == 0 && parts_.ended() && end) fleet_->stands_since(*end);
  const std::int64_t devices = fleet_->count().devices;
  most_seen_ = std::max(most_seen_, devices);
  const bool loses = devices < most_seen_ || (parts_.ended() && devices < expected(seen));
  if (!loses || parts_.size() > 1 || std::exchange(widened_, true)) return;
  fleet_->select(fleet_query::wants(parts_.wanted_version()));
  fleet_->look(expected(seen));
}

bool JobObserver::follows_devices(const Observation& seen) const {
  return options_.devices && (seen.any(JobStatus::completed) || seen.any(JobStatus::running));
}

/// As far as the jobs tell.
bool JobObserver::have_devices(const Observation& seen) const {
  return !parts_.counted() || seen.written.succeeded_count > 0;
}

std::vector<DeviceState> JobObserver::new_failures(Observation& seen) {
  if (!fleet_) return {};
  auto failures = fleet_->new_failures(most_failures);
  seen.troubled = fleet_->troubled();
  return failures;
}

/// The devices of one job are those that its condition selects and that were asked for this version since. Of several
/// jobs the conditions are lists of names, too long for a query together: being asked has to do, and the rows of the
/// jobs decide where that is not exact.
FleetObserver& JobObserver::fleet() {
  const std::string version = parts_.wanted_version();
  if (fleet_) return *fleet_;
  FleetQuestion question{fleet_query::wants(version), version, options_.device_timeout, {}};
  if (parts_.size() == 1) {
    question.condition = fleet_query::both(parts_.jobs().front().query_condition, question.condition);
  }
  if (const auto start = parts_.first_start()) question.since = *start - clock_slack;
  return fleet_.emplace(hub_, budget_, std::move(question));
}

bool JobObserver::is_due(const Observation& seen) {
  if (!parts_.ended()) return false;
  if (!follows_devices(seen) || ledger_.incomplete() || !have_devices(seen)) return true;
  return options_.at_once ? fleet_->may_be_over_at_once(expected(seen)) : fleet_->may_be_over(expected(seen));
}

std::int64_t JobObserver::expected(const Observation& seen) const {
  return parts_.counted() ? seen.written.succeeded_count : ledger_.devices();
}

/// Whether the devices that were found are those that the jobs wrote to. Devices that left the selection, or are gone,
/// may be made up for in number by others that somebody asked for the same version: not by such as were asked at
/// another time, nor while nobody else was asked and as many are selected still.
bool JobObserver::are_theirs(std::int64_t found) {
  std::int64_t selected = 0;
  for (const iothub::Job& job : parts_.jobs()) {
    const auto count = count_asked_by(job, job.query_condition);
    if (!count) return false;
    selected += *count;
  }
  if (selected != found) return false;
  return parts_.size() > 1 || count_asked_by(parts_.jobs().front(), "*") == found;  // parts name their devices
}

/// How many of a selection were asked while the job ran. Clocks that do not quite agree make it fewer.
std::optional<std::int64_t> JobObserver::count_asked_by(const iothub::Job& job, const std::string& condition) {
  if (!job.start || !job.end) return std::nullopt;
  using fleet_query::both;
  const std::string asked = both(fleet_query::asked_since(*job.start), fleet_query::asked_until(*job.end));
  try {
    return count_devices(hub_, both(condition, both(fleet_query::wants(parts_.wanted_version()), asked)));
  } catch (const iothub::ServiceError& error) {
    if (error.status() != 400) throw;
    return std::nullopt;  // it does not compare times
  }
}

void JobObserver::settle(Observation& seen) { follows_devices(seen) ? settle_devices(seen) : settle_jobs(seen); }

void JobObserver::settle_jobs(Observation& seen) {
  Settlement failed;
  const std::int64_t failures = seen.written.failed_count;
  if (failures > 0 && failures <= JobLedger::few) ledger_.take_write_failures(seen.jobs, failed);
  seen.troubled = std::move(failed.others);
  seen.settled = true;
}

/// Whether the devices of the jobs are those that were found is told by counting where they are many: to read a row
/// for each would take a query for every hundred.
void JobObserver::settle_devices(Observation& seen) {
  FleetObserver& fleet = this->fleet();
  Settlement settlement;
  if (have_devices(seen)) settlement = fleet.settle();
  const std::int64_t found = settlement.size();
  if (!parts_.counted() || seen.written.failed_count > 0) ledger_.take_write_failures(seen.jobs, settlement);
  const bool agrees = parts_.counted() && settlement.size() == seen.devices;
  if (seen.devices <= JobLedger::few || !agrees || !are_theirs(found)) {
    const std::int64_t awaited = parts_.counted() ? seen.devices : std::max(settlement.size(), seen.fleet.devices);
    ledger_.reconcile(seen.jobs, fleet, awaited, settlement);
    seen.devices = std::max(seen.devices, ledger_.devices());
  }

  const FleetCount exact = exact_count(settlement, parts_.wanted_version(), hub_.now());
  if (!parts_.counted()) seen.devices = exact.devices;
  seen.settled = !ledger_.incomplete() && is_over(settlement);
  if (seen.settled || options_.at_once) seen.fleet = exact;  // else the numbers would change their kind now and then
  if (!seen.settled) return fleet.not_over(settlement.others);
  seen.troubled = std::move(settlement.others);
}

}  // namespace fwctl::firmware
