#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "lib/localhub/core.hpp"
#include "lib/localhub/jobs/job_machine.hpp"
#include "lib/localhub/json.hpp"

namespace fwctl::localhub {

/// A row of the table `jobs`.
struct JobRow {
  std::string job_id;
  std::string type = "scheduleUpdateTwin";
  JobState state = JobState::queued;
  std::string query_condition;
  Json payload;  // updateTwin
  Time created;
  Time start;
  std::optional<Time> ended;
  std::chrono::seconds max_execution{3600};
  std::string failure_reason;
  std::int64_t next_position = 0;
};

std::optional<JobRow> load_job(const Database& database, const std::string& job_id);
void insert_job(const Database& database, const JobRow& job);
/// What moves: state, end, failure reason and position.
void save_job(const Database& database, const JobRow& job);

/// JobResponse, as GET /jobs/v2/{id} shows it; absent members are left out, for some SDKs can't read null.
Json job_document(const Database& database, const JobRow& job);
/// A row of devices.jobs.
Json device_job_document(const Database& database, const std::string& job_id, std::int64_t position);

}  // namespace fwctl::localhub
