#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "lib/localhub/core.hpp"
#include "lib/localhub/jobs/job_machine.hpp"
#include "lib/localhub/json.hpp"

namespace fwctl::localhub {

inline constexpr const char* twin_job = "scheduleUpdateTwin";
inline constexpr const char* method_job = "scheduleDeviceMethod";

/// What has become of a started job's devices; the others are pending.
struct JobCounts {
  std::int64_t devices = 0;
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;
  std::int64_t running = 0;
};

/// A row of the table `jobs`.
struct JobRow {
  std::string job_id;
  std::string type = twin_job;
  JobState state = JobState::queued;
  std::string query_condition;
  std::string payload;  // JSON: updateTwin or cloudToDeviceMethod, as sent
  Time created;
  Time start;
  std::optional<Time> ended;
  std::chrono::seconds max_execution{3600};
  std::string failure_reason;
  std::int64_t next_position = 0;   // the first device row not yet begun
  std::int64_t taken_through = -1;  // twins up to this sequence were looked at for targets
  bool targets_known = false;       // all were
  JobCounts counts;

  Time deadline() const { return start + max_execution; }
};

std::optional<JobRow> load_job(const Database& database, const std::string& job_id);
void insert_job(const Database& database, const JobRow& job);
/// What moves: state, end, failure reason, position and counts.
void save_job(const Database& database, const JobRow& job);

/// JobResponse, as GET /jobs/v2/{id} shows it; absent members are left out, for some SDKs can't read null.
Json job_document(const JobRow& job);

/// A row of devices.jobs.
struct DeviceJobRow {
  std::string job_id;
  std::string job_type;
  std::string device_id;
  std::string status;
  std::string created;
  std::string updated;
  std::string start;
  std::string ended;
  std::string outcome;  // JSON, or empty
  std::string error_code;
  std::string error_description;
};

/// The columns that read_device_job() takes, comma-separated.
extern const char* const device_job_columns;
DeviceJobRow read_device_job(const Statement& row, int first = 0);
Json device_job_document(const DeviceJobRow& row);

}  // namespace fwctl::localhub
