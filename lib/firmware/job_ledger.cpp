#include "fwctl/firmware/job_ledger.hpp"

#include <algorithm>
#include <utility>

#include "lib/firmware/job_rows.hpp"

namespace fwctl::firmware {
namespace {

DeviceState unseen(const std::string& id, Verdict verdict) {
  DeviceState device;
  device.evidence.device_id = id;
  device.evidence.seen = false;
  device.verdict = std::move(verdict);
  return device;
}

DeviceState deleted(const std::string& id) {
  return unseen(id, {VerdictKind::untouched, std::nullopt, "the device was deleted", std::nullopt, false});
}

/// With what its twin says of it, if somebody asks.
DeviceState write_failed(iothub::HubClient& hub, const std::string& id, const std::string& why, bool ask) {
  const Verdict verdict = judge({}, {{}, why, {}});
  const auto twin = ask ? hub.get_twin(id) : std::nullopt;
  return twin ? DeviceState{read_evidence(twin->document), verdict} : unseen(id, verdict);
}

bool say_how_many(const std::vector<iothub::Job>& jobs) {
  return std::all_of(jobs.begin(), jobs.end(), [](const iothub::Job& job) { return job.statistics.has_value(); });
}

}  // namespace

std::optional<Time> last_end(const std::vector<iothub::Job>& jobs) {
  std::optional<Time> last;
  for (const iothub::Job& job : jobs) last = std::max(last, job.end);
  return last;
}

void JobLedger::take_write_failures(const std::vector<iothub::Job>& jobs, Settlement& settlement) {
  if (!failed_) failed_ = read_job_rows(hub_, jobs, "failed");
  std::erase_if(settlement.others,
                [&](const DeviceState& device) { return failed_->contains(device.evidence.device_id); });
  for (const auto& [id, why] : *failed_) {
    settlement.others.push_back(write_failed(hub_, id, why.value_or(""), std::ssize(*failed_) <= few));
  }
}

void JobLedger::reconcile(const std::vector<iothub::Job>& jobs, FleetObserver& fleet, std::int64_t awaited,
                          Settlement& settlement) {
  if (!all_ || incomplete_) all_ = read_job_rows(hub_, jobs, {});
  if (devices() >= awaited) {
    std::erase_if(settlement.others,
                  [&](const DeviceState& device) { return !all_->contains(device.evidence.device_id); });
  }
  const bool remembers = !known_applied_.empty();
  count_the_unknown(fleet, settlement);
  if (remembers && is_over(settlement)) {  // what was seen before the end may be so no more
    known_applied_.clear();
    count_the_unknown(fleet, settlement);
  }
  wait_for_rows(jobs, awaited);
}

void JobLedger::count_the_unknown(FleetObserver& fleet, Settlement& settlement) {
  std::set<std::string> known;
  for (const DeviceState& device : settlement.others) known.insert(device.evidence.device_id);
  settlement.applied = 0;
  for (const auto& [id, write_error] : *all_) {
    if (known.contains(id)) continue;
    if (known_applied_.contains(id)) {
      ++settlement.applied;
      continue;
    }
    DeviceState device = write_error ? write_failed(hub_, id, *write_error, /*ask=*/false)
                                     : fleet.judge_by_get(id).value_or(deleted(id));
    if (device.verdict.kind == VerdictKind::applied) {
      known_applied_.insert(id);
      ++settlement.applied;
    } else {
      settlement.others.push_back(std::move(device));
    }
  }
}

/// The rows come from the index, too: while it has fewer than there must be, they are read again, but not for ever.
void JobLedger::wait_for_rows(const std::vector<iothub::Job>& jobs, std::int64_t awaited) {
  const bool steady = std::exchange(rows_before_, devices()) == devices() || say_how_many(jobs);
  incomplete_ = false;
  if (devices() >= awaited && steady) return;
  if (!awaited_since_) awaited_since_ = last_end(jobs).value_or(at_once_ ? Time{} : hub_.now());
  incomplete_ = hub_.now() < *awaited_since_ + patience_;
}

}  // namespace fwctl::firmware
