#include "lib/localhub/jobs/jobs.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lib/localhub/api_error.hpp"
#include "lib/localhub/query/query.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::chrono::hours horizon{168};
constexpr std::chrono::hours history{30 * 24};
constexpr std::int64_t slice = 100;

void validate_job_id(const std::string& id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '\'';
  };
  if (id.empty() || id.size() > 64 || !std::all_of(id.begin(), id.end(), allowed)) {
    throw ApiError(error_names::argument_invalid, "A job id has 1 to 64 letters, digits or hyphens.");
  }
}

/// tags and properties.desired of the patch; what else SDKs send is not the job's business.
Json update_twin_of(const Json& body) {
  const Json* twin = find_member(body, "updateTwin");
  if (twin == nullptr || !twin->is_object()) throw ApiError(error_names::argument_null, "updateTwin is missing.");
  if (text_member(*twin, "etag") != "*") {
    throw ApiError(error_names::precondition_failed, "Precondition failed: updateTwin needs the etag \"*\".");
  }
  Json payload{{"deviceId", nullptr}, {"etag", "*"}};
  if (const Json* tags = find_member(*twin, "tags")) {
    validate_patch(*tags, "tags");
    payload["tags"] = *tags;
  }
  const Json* properties = find_member(*twin, "properties");
  if (const Json* desired = properties == nullptr ? nullptr : find_member(*properties, "desired")) {
    payload["properties"]["desired"] = *desired;
  }
  return payload;
}

std::optional<Time> start_time_of(const Json& body) {
  const std::string text = text_member(body, "startTime");
  if (text.empty()) return std::nullopt;
  const auto time = parse_iso8601(text);
  if (!time) throw ApiError(error_names::argument_invalid, "startTime is not an ISO-8601 time.");
  return time;
}

std::chrono::seconds max_execution_of(const Json& body) {
  const Json* member = find_member(body, "maxExecutionTimeInSeconds");
  if (member == nullptr) return std::chrono::seconds{3600};
  const bool good = member->is_number_integer() && member->get<std::int64_t>() >= 0 &&
                    member->get<std::int64_t>() <= std::int64_t{0x7FFFFFFF};
  if (!good) throw ApiError(error_names::argument_invalid, "maxExecutionTimeInSeconds must be a number of seconds.");
  const auto seconds = member->get<std::int64_t>();
  return std::chrono::seconds{seconds == 0 ? 3600 : seconds};
}

}  // namespace

Json Jobs::create(const std::string& id, const Json& body) {
  validate_job_id(id);
  const std::string type = text_member(body, "type");
  if (type != "scheduleUpdateTwin") {
    throw ApiError(error_names::argument_invalid, fmt::format("The job type '{}' is not offered here.", type));
  }
  const std::string named = text_member(body, "jobId");
  if (!named.empty() && named != id) {
    throw ApiError(error_names::argument_invalid, "jobId in the body is not the one in the path.");
  }
  JobRow job;
  job.job_id = id;
  job.query_condition = text_member(body, "queryCondition");
  if (job.query_condition.empty()) throw ApiError(error_names::argument_null, "queryCondition is missing.");
  job.payload = update_twin_of(body);
  job.created = core_.clock.now();
  job.start = std::max(start_time_of(body).value_or(job.created), job.created);
  if (job.start > job.created + horizon) {
    throw ApiError(error_names::argument_invalid, "startTime: Must be within 168 hours.");
  }
  job.max_execution = max_execution_of(body);
  if (load_job(core_.database, id)) {
    throw ApiError(error_names::job_exists, fmt::format("A job with ID '{}' already exists.", id));
  }
  job.state = first_state(job.start > job.created);
  insert_job(core_.database, job);
  return {{"jobId", id}, {"type", type}, {"status", "queued"}};
}

Json Jobs::get(const std::string& id) const {
  const auto job = load_job(core_.database, id);
  if (!job) return {{"jobId", id}, {"type", "unknown"}, {"status", "unknown"}};
  return job_document(core_.database, *job);
}

Json Jobs::cancel(const std::string& id) {
  auto job = load_job(core_.database, id);
  if (!job) throw ApiError(error_names::job_not_found, fmt::format("Job {} does not exist.", id));
  if (!next_state(job->state, JobEvent::cancel)) {
    throw ApiError(error_names::not_in_this_state, fmt::format("Job {} cannot be cancelled in its current state.", id));
  }
  advance(*job, JobEvent::cancel);
  return job_document(core_.database, *job);
}

void Jobs::advance(JobRow& job, JobEvent event) {
  job.state = next_state(job.state, event).value();
  if (is_terminal(job.state)) {
    job.ended = core_.clock.now();
    next_slice_.erase(job.job_id);
  }
  save_job(core_.database, job);
}

std::vector<JobRow> Jobs::active() const {
  Statement rows = core_.database.prepare(
      "SELECT job_id FROM jobs WHERE status IN ('queued', 'scheduled', 'running') ORDER BY created, job_id");
  std::vector<JobRow> jobs;
  while (rows.step()) jobs.push_back(*load_job(core_.database, rows.text(0)));
  return jobs;
}

Time Jobs::due(const JobRow& job) const {
  const auto paced = next_slice_.find(job.job_id);
  if (paced == next_slice_.end()) return job.start;
  return std::min(paced->second, job.start + job.max_execution);
}

std::optional<Time> Jobs::next_due() const {
  std::optional<Time> first;
  for (const JobRow& job : active()) first = std::min(first.value_or(Time::max()), due(job));
  return first;
}

void Jobs::run_due() {
  std::vector<JobRow> jobs = active();
  std::erase_if(jobs, [&](const JobRow& job) { return due(job) > core_.clock.now(); });
  if (jobs.empty()) return;
  // The job that waits longest goes first, so that none starves behind another.
  JobRow& job =
      *std::min_element(jobs.begin(), jobs.end(), [&](const JobRow& a, const JobRow& b) { return due(a) < due(b); });
  Transaction transaction(core_.database);
  if (job.state == JobState::running) {
    run_slice(job);
  } else {
    start(job);
  }
  transaction.commit();
}

void Jobs::start(JobRow& job) {
  forget_old();
  try {
    take_targets(job);
  } catch (const QueryError& error) {
    job.failure_reason = fmt::format("SQL query parse failed due to following errors: {}", error.what());
    advance(job, JobEvent::bad_condition);
    return;
  }
  advance(job, JobEvent::started);
}

void Jobs::take_targets(const JobRow& job) {
  const SqlCondition condition = compile_condition(job.query_condition);
  Statement insert = prepare_query(
      core_.database,
      fmt::format(
          "INSERT INTO device_jobs (job_id, position, device_id, job_type, status, created, updated, start, ended) "
          "SELECT ?, ROW_NUMBER() OVER (ORDER BY sequence) - 1, device_id, ?, 'scheduled', ?, ?, ?, ? "
          "FROM twins WHERE module_id = '' AND ({})",
          condition.sql));
  const std::string now = core_.now_text();
  insert.bind_all(job.job_id, job.type, now, now, format_iso8601(job.start),
                  format_iso8601(job.start + job.max_execution));
  int index = 6;
  for (const SqlValue& value : condition.values) insert.bind(++index, value);
  insert.run();
}

std::int64_t Jobs::target_count(const JobRow& job) const {
  Statement row = core_.database.prepare("SELECT MAX(position) + 1 FROM device_jobs WHERE job_id = ?");
  row.bind_all(job.job_id).step();
  return row.integer(0);
}

void Jobs::run_slice(JobRow& job) {
  if (core_.clock.now() >= job.start + job.max_execution) {
    fail_the_rest(job);
    advance(job, JobEvent::timed_out);
    return;
  }
  const int pace = core_.options.job_devices_per_second;
  const std::int64_t count = pace == 0 ? slice : std::clamp<std::int64_t>(pace / 10, 1, slice);
  Statement rows = core_.database.prepare(
      "SELECT position, device_id FROM device_jobs WHERE job_id = ? AND position >= ? ORDER BY position LIMIT ?");
  rows.bind_all(job.job_id, job.next_position, count);
  while (rows.step()) {
    write_one(job, rows.integer(0), rows.text(1));
    job.next_position = rows.integer(0) + 1;
  }
  if (pace > 0)
    next_slice_[job.job_id] =
        core_.clock.now() + std::chrono::duration_cast<Ticks>(std::chrono::seconds{1}) * count / pace;
  if (job.next_position >= target_count(job)) {
    advance(job, JobEvent::all_done);
  } else {
    save_job(core_.database, job);
  }
}

void Jobs::write_one(const JobRow& job, std::int64_t position, const std::string& device_id) {
  std::string status = "completed";
  SqlValue code = nullptr;
  SqlValue description = nullptr;
  try {
    twins_.update(device_id, job.payload, "");
  } catch (const ApiError& error) {
    status = "failed";
    code = std::string(error.name().name);
    description = std::string(error.what());
  }
  core_.database
      .prepare(
          "UPDATE device_jobs SET status = ?3, updated = ?4, ended = ?4, error_code = ?5, error_description = ?6 "
          "WHERE job_id = ?1 AND position = ?2")
      .bind_all(job.job_id, position, status, core_.now_text(), code, description)
      .run();
}

void Jobs::fail_the_rest(const JobRow& job) {
  core_.database
      .prepare(
          "UPDATE device_jobs SET status = 'failed', updated = ?2, ended = ?2, error_code = ?3, "
          "error_description = 'The job did not start on this device within the allowed period.' "
          "WHERE job_id = ?1 AND position >= ?4")
      .bind_all(job.job_id, core_.now_text(), std::string(error_names::job_run_precondition_failed.name),
                job.next_position)
      .run();
}

void Jobs::forget_old() {
  core_.database.prepare("DELETE FROM jobs WHERE ended < ?")
      .bind_all(format_iso8601(core_.clock.now() - history))
      .run();
}

}  // namespace fwctl::localhub
