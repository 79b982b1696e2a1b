#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/localhub/api_error.hpp"
#include "lib/localhub/jobs/job_row.hpp"

/// The rows of a job's devices, table `device_jobs`. Callers hold the transaction and save the job.
namespace fwctl::localhub {

/// Looks at the next twins for targets, a bounded number of them; moves taken_through, targets_known and the count.
/// Throws QueryError when the condition can't be read.
void take_targets(const Core& core, JobRow& job);

struct Target {
  std::int64_t position;
  std::string device_id;
};
/// The next devices that the job has not begun with.
std::vector<Target> next_targets(const Core& core, const JobRow& job, std::int64_t count);

/// What became of one device. Moves the job's counts unless the row had its end already, which a time-out may have set.
struct DeviceResult {
  std::string outcome;            // JSON, of a success
  std::optional<ApiError> error;  // of a failure
};
void begin_device(const Core& core, JobRow& job, std::int64_t position);
void end_device(const Core& core, JobRow& job, std::int64_t position, const DeviceResult& result);

/// The job's time is over: devices without an end have failed.
void fail_the_rest(const Core& core, JobRow& job);

/// A hub that was killed does not know what became of the devices that it had begun with: it begins again.
void begin_again(const Core& core, JobRow& job);

}  // namespace fwctl::localhub
