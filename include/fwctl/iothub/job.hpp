#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fwctl/base/clock.hpp"

namespace fwctl::iothub {

/// The wire's words. `other` is a word that we do not know: shown as it came, never taken for an end.
enum class JobStatus { unknown, enqueued, queued, scheduled, running, completed, failed, cancelled, other };

/// completed, failed or cancelled: nothing will change any more.
bool is_terminal(JobStatus status);

/// What became of the devices that a job targets; absent before it has started.
struct JobStatistics {
  std::int64_t device_count = 0;
  std::int64_t failed_count = 0;
  std::int64_t succeeded_count = 0;
  std::int64_t running_count = 0;
  std::int64_t pending_count = 0;
};

/// A scheduled job, from `/jobs/v2`. A job is a success only when it is completed and no device failed.
struct Job {
  std::string id;
  std::string type;  // scheduleUpdateTwin | scheduleDeviceMethod
  JobStatus status = JobStatus::other;
  std::string status_text;  // the wire's word
  std::string query_condition;
  std::string update_twin;  // JSON object; empty for other types
  std::optional<Time> created;
  std::optional<Time> start;
  std::optional<Time> end;
  std::chrono::seconds max_execution_time{0};
  std::string failure_reason;
  std::optional<JobStatistics> statistics;
  std::string document;  // the hub's own JSON, unchanged
};

/// A twin update for every device that a condition selects.
struct TwinJob {
  std::string id;               // letters, digits and hyphens, at most 64
  std::string query_condition;  // what stands after WHERE; `*` for all devices
  std::string update_twin;      // JSON object: the patch, `"etag":"*"` included (412 without)
  std::optional<Time> start;    // nullopt: now; at most 168 h ahead
  std::chrono::seconds max_execution_time{3600};
};

/// One row of devices.jobs: what became of one device in one job.
struct DeviceJob {
  std::string device_id;
  std::string job_id;
  std::string status;  // pending | scheduled | running | completed | failed | canceled
  std::string error_code;
  std::string error_description;
  std::optional<Time> started;
  std::optional<Time> ended;
  std::string document;  // the hub's own JSON, unchanged
};

/// Reads one row of `SELECT * FROM devices.jobs`. Throws ProtocolError.
DeviceJob parse_device_job(const std::string& document);

}  // namespace fwctl::iothub
