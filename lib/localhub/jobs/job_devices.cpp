#include "lib/localhub/jobs/job_devices.hpp"

#include <fmt/core.h>

#include "lib/localhub/query/query.hpp"

namespace fwctl::localhub {
namespace {

/// As many twins as take some ten milliseconds to look at.
constexpr std::int64_t taken_at_once = 2000;

/// The last sequence of the next slice of twins; nullopt: what is left is less than a slice.
std::optional<std::int64_t> end_of_slice(const Core& core, const JobRow& job) {
  Statement row =
      core.database.prepare("SELECT sequence FROM twins WHERE sequence > ? ORDER BY sequence LIMIT 1 OFFSET ?");
  if (!row.bind_all(job.taken_through, taken_at_once - 1).step()) return std::nullopt;
  return row.integer(0);
}

}  // namespace

void take_targets(const Core& core, JobRow& job) {
  const SqlCondition condition = compile_job_condition(job.query_condition, dialect_of(core.switches));
  const auto end = end_of_slice(core, job);
  Statement insert = prepare_query(
      core.database,
      fmt::format(
          "INSERT INTO device_jobs (job_id, position, device_id, job_type, status, created, updated, start, ended) "
          "SELECT ?1, sequence, device_id, ?2, 'scheduled', ?3, ?3, ?4, ?5 FROM twins "
          "WHERE sequence > ?6 AND sequence <= ?7 AND module_id = '' AND ({})",
          condition.sql));
  insert.bind_all(job.job_id, job.type, core.now_text(), format_iso8601(job.start), format_iso8601(job.deadline()),
                  job.taken_through, end.value_or(INT64_MAX));
  int index = 7;
  for (const SqlValue& value : condition.values) insert.bind(++index, value);
  insert.run();
  job.counts.devices += core.database.changes();
  job.taken_through = end.value_or(job.taken_through);
  job.targets_known = !end;
}

std::vector<Target> next_targets(const Core& core, const JobRow& job, std::int64_t count) {
  Statement rows = core.database.prepare(
      "SELECT position, device_id FROM device_jobs WHERE job_id = ? AND position >= ? ORDER BY position LIMIT ?");
  rows.bind_all(job.job_id, job.next_position, count);
  std::vector<Target> targets;
  while (rows.step()) targets.push_back({rows.integer(0), rows.text(1)});
  return targets;
}

void begin_device(const Core& core, JobRow& job, std::int64_t position) {
  core.database.prepare("UPDATE device_jobs SET status = 'running', updated = ?3 WHERE job_id = ?1 AND position = ?2")
      .bind_all(job.job_id, position, core.now_text())
      .run();
  job.counts.running += 1;
}

void end_device(const Core& core, JobRow& job, std::int64_t position, const DeviceResult& result) {
  const auto text_or_null = [](const std::string& text) { return text.empty() ? SqlValue(nullptr) : SqlValue(text); };
  core.database
      .prepare(
          "UPDATE device_jobs SET status = ?3, updated = ?4, ended = ?4, outcome = ?5, error_code = ?6, "
          "error_description = ?7 WHERE job_id = ?1 AND position = ?2 AND status = 'running'")
      .bind_all(job.job_id, position, std::string(result.error ? "failed" : "completed"), core.now_text(),
                text_or_null(result.outcome), text_or_null(result.error ? result.error->name().name : ""),
                text_or_null(result.error ? result.error->what() : ""))
      .run();
  if (core.database.changes() == 0) return;
  job.counts.running -= 1;
  (result.error ? job.counts.failed : job.counts.succeeded) += 1;
}

void fail_the_rest(const Core& core, JobRow& job) {
  core.database
      .prepare(
          "UPDATE device_jobs SET status = 'failed', updated = ?2, ended = ?2, error_code = ?3, "
          "error_description = 'The job did not start on this device within the allowed period.' "
          "WHERE job_id = ?1 AND status IN ('scheduled', 'running')")
      .bind_all(job.job_id, core.now_text(), std::string(error_names::job_run_precondition_failed.name))
      .run();
  job.counts.failed += core.database.changes();
  job.counts.running = 0;
}

void begin_again(const Core& core, JobRow& job) {
  Statement first =
      core.database.prepare("SELECT MIN(position) FROM device_jobs WHERE job_id = ? AND status = 'running'");
  first.bind_all(job.job_id).step();
  if (first.is_null(0)) return;
  job.next_position = first.integer(0);
  core.database.prepare("UPDATE device_jobs SET status = 'scheduled' WHERE job_id = ? AND status = 'running'")
      .bind_all(job.job_id)
      .run();
  job.counts.running = 0;
}

}  // namespace fwctl::localhub
