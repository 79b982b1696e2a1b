#include "lib/localhub/jobs/job_row.hpp"

#include <map>

namespace fwctl::localhub {
namespace {

Time read_time(const std::string& text) { return parse_iso8601(text).value_or(Time{}); }

SqlValue end_value(const JobRow& job) { return job.ended ? SqlValue(format_iso8601(*job.ended)) : SqlValue(nullptr); }

SqlValue reason_value(const JobRow& job) {
  return job.failure_reason.empty() ? SqlValue(nullptr) : SqlValue(job.failure_reason);
}

/// Invariant: deviceCount = failed + succeeded + running + pending.
Json statistics(const Database& database, const JobRow& job) {
  Statement rows = database.prepare("SELECT status, COUNT(*) FROM device_jobs WHERE job_id = ? GROUP BY status");
  rows.bind_all(job.job_id);
  std::map<std::string, std::int64_t> counts;
  std::int64_t all = 0;
  while (rows.step()) all += counts[rows.text(0)] = rows.integer(1);
  return {{"deviceCount", all},
          {"failedCount", counts["failed"]},
          {"succeededCount", counts["completed"]},
          {"runningCount", counts["running"]},
          {"pendingCount", counts["scheduled"]}};
}

}  // namespace

std::optional<JobRow> load_job(const Database& database, const std::string& job_id) {
  Statement row = database.prepare(
      "SELECT type, status, query_condition, payload, created, start, ended, max_execution_s, failure_reason, "
      "next_position FROM jobs WHERE job_id = ?");
  if (!row.bind_all(job_id).step()) return std::nullopt;
  JobRow job;
  job.job_id = job_id;
  job.type = row.text(0);
  job.state = job_state_from_text(row.text(1));
  job.query_condition = row.text(2);
  job.payload = Json::parse(row.text(3));
  job.created = read_time(row.text(4));
  job.start = read_time(row.text(5));
  if (!row.is_null(6)) job.ended = read_time(row.text(6));
  job.max_execution = std::chrono::seconds{row.integer(7)};
  job.failure_reason = row.text(8);
  job.next_position = row.integer(9);
  return job;
}

void insert_job(const Database& database, const JobRow& job) {
  database.prepare("INSERT INTO jobs VALUES (?,?,?,?,?,?,?,?,?,?,?)")
      .bind_all(job.job_id, job.type, std::string(to_text(job.state)), job.query_condition, job.payload.dump(),
                format_iso8601(job.created), format_iso8601(job.start), end_value(job),
                std::int64_t{job.max_execution.count()}, reason_value(job), job.next_position)
      .run();
}

void save_job(const Database& database, const JobRow& job) {
  database.prepare("UPDATE jobs SET status = ?2, ended = ?3, failure_reason = ?4, next_position = ?5 WHERE job_id = ?1")
      .bind_all(job.job_id, std::string(to_text(job.state)), end_value(job), reason_value(job), job.next_position)
      .run();
}

Json job_document(const Database& database, const JobRow& job) {
  Json document{{"jobId", job.job_id},
                {"queryCondition", job.query_condition},
                {"createdTime", format_iso8601(job.created)},
                {"startTime", format_iso8601(job.start)},
                {"maxExecutionTimeInSeconds", job.max_execution.count()},
                {"type", job.type},
                {"updateTwin", job.payload},
                {"status", to_text(job.state)}};
  if (job.ended) document["endTime"] = format_iso8601(*job.ended);
  if (!job.failure_reason.empty()) document["failureReason"] = job.failure_reason;
  const bool started = job.state == JobState::running || job.state == JobState::completed;
  if (started) document["deviceJobStatistics"] = statistics(database, job);
  return document;
}

Json device_job_document(const Database& database, const std::string& job_id, std::int64_t position) {
  Statement row = database.prepare(
      "SELECT device_id, job_type, status, start, ended, created, updated, error_code, error_description "
      "FROM device_jobs WHERE job_id = ? AND position = ?");
  if (!row.bind_all(job_id, position).step()) return Json::object();
  Json document{{"deviceId", row.text(0)},
                {"jobId", job_id},
                {"jobType", row.text(1)},
                {"status", row.text(2)},
                {"startTimeUtc", row.text(3)},
                {"endTimeUtc", row.text(4)},
                {"createdDateTimeUtc", row.text(5)},
                {"lastUpdatedDateTimeUtc", row.text(6)}};
  if (row.text(2) == "completed") document["outcome"] = {{"deviceMethodResponse", nullptr}};
  if (!row.is_null(7)) document["error"] = {{"code", row.text(7)}, {"description", row.text(8)}};
  return document;
}

}  // namespace fwctl::localhub
