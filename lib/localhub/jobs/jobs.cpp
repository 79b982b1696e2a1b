#include "lib/localhub/jobs/jobs.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lib/localhub/jobs/job_request.hpp"
#include "lib/localhub/query/query.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::chrono::hours history{30 * 24};
constexpr std::int64_t slice = 100;
constexpr std::int64_t most_running = 100;

ApiError job_not_found(const std::string& id) {
  return {error_names::job_not_found, fmt::format("Job {} does not exist.", id)};
}

Json unknown_job(const std::string& id, const Switches& switches) {
  if (switches.unknown_job_404) throw job_not_found(id);
  return {{"jobId", id}, {"type", "unknown"}, {"status", "unknown"}};
}

std::string outcome_text(const MethodAnswer& answer) {
  return fmt::format(R"({{"deviceMethodResponse":{{"status":{},"payload":{}}}}})", answer.status, answer.payload);
}

bool has_upper_case(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

Jobs::Jobs(Core& core, Twins& twins, Methods& methods) : core_(core), twins_(twins), methods_(methods) {
  Statement rows = core_.database.prepare("SELECT job_id FROM jobs WHERE status IN ('queued', 'scheduled', 'running')");
  std::vector<std::string> ids;
  while (rows.step()) ids.push_back(rows.text(0));
  Transaction transaction(core_.database);
  for (const std::string& id : ids) {
    JobRow job = *load_job(core_.database, id);
    begin_again(core_, job);
    save_job(core_.database, job);
    due_[id] = job.start;
  }
  transaction.commit();
}

std::int64_t Jobs::pace() const {
  if (core_.switches.job_pace >= 0) return core_.switches.job_pace;
  const Tier* tier = core_.tier();
  if (tier == nullptr) return 0;
  return static_cast<std::int64_t>(
      std::max(tier->job_devices, tier->job_devices_unit * static_cast<double>(core_.switches.units)));
}

void Jobs::check_slots() const {
  const Tier* tier = core_.tier();
  if (tier == nullptr || due_.size() < static_cast<std::size_t>(tier->job_slots)) return;
  throw ApiError(
      error_names::too_many_jobs,
      fmt::format("The hub runs {} of {} jobs that it may have active or scheduled.", due_.size(), tier->job_slots),
      Envelope::repeated);
}

Json Jobs::create(const std::string& id, const Json& body) {
  forget_old();
  JobRow job = read_job_request(id, body, core_.clock.now());
  if (core_.switches.strict_job_ids && has_upper_case(id)) {
    throw ApiError(error_names::argument_invalid, "A job id has no upper-case letters.");
  }
  if (load_job(core_.database, id)) {
    throw ApiError(error_names::job_exists, fmt::format("A job with ID '{}' already exists.", id));
  }
  check_slots();
  insert_job(core_.database, job);
  settle(job, job.start);
  return {{"jobId", id}, {"type", job.type}, {"status", "queued"}};
}

Json Jobs::get(const std::string& id) {
  forget_old();
  const auto job = load_job(core_.database, id);
  if (!job) return unknown_job(id, core_.switches);
  if (core_.clock.now() < job->created + std::chrono::seconds{core_.switches.unknown_job_s}) {
    core_.counters.add("fault.unknownJobS");
    return unknown_job(id, core_.switches);
  }
  return job_document(*job);
}

std::vector<Json> Jobs::list(const std::string& type, const std::string& status, const std::string& after,
                             std::size_t count) {
  forget_old();
  Statement rows = core_.database.prepare(
      "SELECT job_id FROM jobs WHERE job_id > ?1 AND (?2 = '' OR lower(type) = ?2) AND (?3 = '' OR lower(status) = ?3) "
      "ORDER BY job_id LIMIT ?4");
  rows.bind_all(after, type, status, static_cast<std::int64_t>(count) + 1);
  std::vector<Json> jobs;
  while (rows.step()) jobs.push_back(job_document(*load_job(core_.database, rows.text(0))));
  return jobs;
}

Json Jobs::cancel(const std::string& id) {
  auto job = load_job(core_.database, id);
  if (!job) throw job_not_found(id);
  if (!next_state(job->state, JobEvent::cancel)) {
    throw ApiError(error_names::not_in_this_state, fmt::format("Job {} cannot be cancelled in its current state.", id));
  }
  advance(*job, JobEvent::cancel);
  return job_document(*job);
}

void Jobs::advance(JobRow& job, JobEvent event) {
  job.state = next_state(job.state, event).value();
  if (is_terminal(job.state)) job.ended = core_.clock.now();
  save_job(core_.database, job);
  settle(job, core_.clock.now());
}

void Jobs::settle(const JobRow& job, Time next) {
  if (is_terminal(job.state)) {
    due_.erase(job.job_id);
  } else {
    due_[job.job_id] = job.state == JobState::running ? std::min(next, job.deadline()) : next;
  }
}

std::optional<Time> Jobs::next_due() const {
  std::optional<Time> first;
  for (const auto& [id, time] : due_) first = std::min(first.value_or(Time::max()), time);
  return first;
}

void Jobs::run_due() {
  // The job that waits longest goes first, so that none starves behind another.
  const auto first =
      std::min_element(due_.begin(), due_.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (first == due_.end() || first->second > core_.clock.now()) return;
  auto loaded = load_job(core_.database, first->first);
  if (!loaded) {  // its creation was not committed
    due_.erase(first);
    return;
  }
  const auto before = due_;
  const std::size_t effects = core_.effects.size();
  try {
    Transaction transaction(core_.database);
    JobRow job = std::move(*loaded);
    stepping_ = &job;
    payload_ = Json::parse(job.payload);
    step(job);
    transaction.commit();
    stepping_ = nullptr;
  } catch (...) {
    stepping_ = nullptr;
    due_ = before;
    core_.effects.resize(effects);  // nothing that was not committed may reach a device
    throw;
  }
}

void Jobs::step(JobRow& job) {
  if (job.state != JobState::running) return start(job);
  if (core_.clock.now() >= job.deadline()) {
    fail_the_rest(core_, job);
    return advance(job, JobEvent::timed_out);
  }
  if (job.targets_known) return run_slice(job);
  take_targets(core_, job);
  end_if_done(job);
}

void Jobs::start(JobRow& job) {
  forget_old();
  try {
    take_targets(core_, job);
  } catch (const QueryError& error) {
    job.failure_reason = fmt::format("SQL query parse failed due to following errors: {}", error.what());
    return advance(job, JobEvent::bad_condition);
  }
  advance(job, JobEvent::started);
  end_if_done(job);
}

void Jobs::run_slice(JobRow& job) {
  const std::int64_t devices_per_second = pace();
  const std::int64_t wanted =
      devices_per_second == 0 ? slice : std::clamp<std::int64_t>(devices_per_second / 10, 1, slice);
  const auto targets = next_targets(core_, job, std::min(wanted, most_running - job.counts.running));
  for (const Target& target : targets) handle_device(job, target);
  const auto count = static_cast<std::int64_t>(targets.size());
  const Ticks pause = devices_per_second == 0
                          ? Ticks{0}
                          : std::chrono::duration_cast<Ticks>(std::chrono::seconds{1}) * count / devices_per_second;
  // Nothing to begin: the job waits for answers of devices, or for its own end.
  settle(job, targets.empty() ? job.deadline() : core_.clock.now() + pause);
  end_if_done(job);
}

void Jobs::handle_device(JobRow& job, const Target& target) {
  job.next_position = target.position + 1;
  begin_device(core_, job, target.position);
  job.type == twin_job ? write_twin(job, target) : call_method(job, target);
}

void Jobs::write_twin(JobRow& job, const Target& target) {
  DeviceResult result{R"({"deviceMethodResponse":null})", std::nullopt};
  try {
    twins_.update({target.device_id}, payload_, "");
  } catch (const ApiError& error) {
    result = {"", error};
  }
  end_device(core_, job, target.position, result);
}

void Jobs::call_method(JobRow& job, const Target& target) {
  const auto done = [this, id = job.job_id, position = target.position](const Methods::Outcome& outcome) {
    on_method_done(id, position, outcome);
  };
  methods_.invoke({target.device_id}, read_method_call(payload_), done);
}

void Jobs::on_method_done(const std::string& job_id, std::int64_t position, const Methods::Outcome& outcome) {
  DeviceResult result;
  if (const auto* answer = std::get_if<MethodAnswer>(&outcome)) result.outcome = outcome_text(*answer);
  if (const auto* error = std::get_if<ApiError>(&outcome)) result.error = *error;
  if (stepping_ != nullptr && stepping_->job_id == job_id) return end_device(core_, *stepping_, position, result);

  Transaction transaction(core_.database);
  auto job = load_job(core_.database, job_id);
  if (job && job->state == JobState::running) {
    end_device(core_, *job, position, result);
    settle(*job, core_.clock.now());  // there may be room to begin with another device
    end_if_done(*job);
  }
  transaction.commit();
}

void Jobs::end_if_done(JobRow& job) {
  const bool all_ended = job.counts.succeeded + job.counts.failed == job.counts.devices;
  if (job.state == JobState::running && job.targets_known && all_ended) return advance(job, JobEvent::all_done);
  save_job(core_.database, job);
}

void Jobs::forget_old() {
  core_.database.prepare("DELETE FROM jobs WHERE ended < ?")
      .bind_all(format_iso8601(core_.clock.now() - history))
      .run();
}

}  // namespace fwctl::localhub
