#include "lib/localhub/jobs/job_row.hpp"

namespace fwctl::localhub {

const char* const device_job_columns =
    "job_id, job_type, device_id, status, created, updated, start, ended, outcome, error_code, error_description";

namespace {

Time read_time(const std::string& text) { return parse_iso8601(text).value_or(Time{}); }

SqlValue end_value(const JobRow& job) { return job.ended ? SqlValue(format_iso8601(*job.ended)) : SqlValue(nullptr); }

SqlValue reason_value(const JobRow& job) {
  return job.failure_reason.empty() ? SqlValue(nullptr) : SqlValue(job.failure_reason);
}

/// Invariant: deviceCount = failed + succeeded + running + pending.
Json statistics(const JobCounts& counts) {
  return {{"deviceCount", counts.devices},
          {"failedCount", counts.failed},
          {"succeededCount", counts.succeeded},
          {"runningCount", counts.running},
          {"pendingCount", counts.devices - counts.failed - counts.succeeded - counts.running}};
}

/// The real hub shows a method's payload as the bytes of its text.
Json method_echo(Json method) {
  const std::string text = method.value("payload", Json()).dump();
  Json bytes = Json::array();
  for (const char c : text) bytes.push_back(static_cast<unsigned char>(c));
  method["payload"] = bytes;
  return method;
}

}  // namespace

std::optional<JobRow> load_job(const Database& database, const std::string& job_id) {
  Statement row = database.prepare(
      "SELECT type, status, query_condition, payload, created, start, ended, max_execution_s, failure_reason, "
      "next_position, taken_through, targets_known, device_count, succeeded_count, failed_count, running_count "
      "FROM jobs WHERE job_id = ?");
  if (!row.bind_all(job_id).step()) return std::nullopt;
  JobRow job;
  job.job_id = job_id;
  job.type = row.text(0);
  job.state = job_state_from_text(row.text(1));
  job.query_condition = row.text(2);
  job.payload = row.text(3);
  job.created = read_time(row.text(4));
  job.start = read_time(row.text(5));
  if (!row.is_null(6)) job.ended = read_time(row.text(6));
  job.max_execution = std::chrono::seconds{row.integer(7)};
  job.failure_reason = row.text(8);
  job.next_position = row.integer(9);
  job.taken_through = row.integer(10);
  job.targets_known = row.integer(11) != 0;
  job.counts = {row.integer(12), row.integer(13), row.integer(14), row.integer(15)};
  return job;
}

void insert_job(const Database& database, const JobRow& job) {
  database
      .prepare(
          "INSERT INTO jobs (job_id, type, status, query_condition, payload, created, start, ended, max_execution_s, "
          "failure_reason) VALUES (?,?,?,?,?,?,?,?,?,?)")
      .bind_all(job.job_id, job.type, std::string(to_text(job.state)), job.query_condition, job.payload,
                format_iso8601(job.created), format_iso8601(job.start), end_value(job),
                std::int64_t{job.max_execution.count()}, reason_value(job))
      .run();
}

void save_job(const Database& database, const JobRow& job) {
  database
      .prepare(
          "UPDATE jobs SET (status, ended, failure_reason, next_position, taken_through, targets_known, device_count, "
          "succeeded_count, failed_count, running_count) = (?2,?3,?4,?5,?6,?7,?8,?9,?10,?11) WHERE job_id = ?1")
      .bind_all(job.job_id, std::string(to_text(job.state)), end_value(job), reason_value(job), job.next_position,
                job.taken_through, std::int64_t{job.targets_known}, job.counts.devices, job.counts.succeeded,
                job.counts.failed, job.counts.running)
      .run();
}

Json job_document(const JobRow& job) {
  Json document{{"jobId", job.job_id},
                {"queryCondition", job.query_condition},
                {"createdTime", format_iso8601(job.created)},
                {"startTime", format_iso8601(job.start)},
                {"maxExecutionTimeInSeconds", job.max_execution.count()},
                {"type", job.type}};
  const Json payload = Json::parse(job.payload);
  if (job.type == twin_job) document["updateTwin"] = payload;
  if (job.type == method_job) document["cloudToDeviceMethod"] = method_echo(payload);
  document["status"] = to_text(job.state);
  if (job.ended) document["endTime"] = format_iso8601(*job.ended);
  if (!job.failure_reason.empty()) document["failureReason"] = job.failure_reason;
  const bool started = job.state == JobState::running || job.state == JobState::completed;
  if (started) document["deviceJobStatistics"] = statistics(job.counts);
  return document;
}

DeviceJobRow read_device_job(const Statement& row, int first) {
  int column = first;
  const auto text = [&] { return row.text(column++); };
  DeviceJobRow result;
  for (std::string* member :
       {&result.job_id, &result.job_type, &result.device_id, &result.status, &result.created, &result.updated,
        &result.start, &result.ended, &result.outcome, &result.error_code, &result.error_description}) {
    *member = text();
  }
  return result;
}

Json device_job_document(const DeviceJobRow& row) {
  Json document{{"deviceId", row.device_id},         {"jobId", row.job_id},
                {"jobType", row.job_type},           {"status", row.status},
                {"startTimeUtc", row.start},         {"endTimeUtc", row.ended},
                {"createdDateTimeUtc", row.created}, {"lastUpdatedDateTimeUtc", row.updated}};
  if (!row.outcome.empty()) document["outcome"] = Json::parse(row.outcome);
  if (!row.error_code.empty()) {
    document["error"] = {{"code", row.error_code}, {"description", row.error_description}};
  }
  return document;
}

}  // namespace fwctl::localhub
