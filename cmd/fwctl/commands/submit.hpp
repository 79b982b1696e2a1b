#pragma once

#include "cmd/fwctl/context.hpp"
#include "fwctl/iothub/job.hpp"

namespace fwctl::cli {

/// Creates a job, and reads it back. An answer that was lost, a 5xx, or a 409 is settled by what the hub has: the same
/// job is success, another one is Conflict, and so is what the hub stored otherwise than asked. A job that can't be
/// read back in time is told, and was accepted all the same. All slots taken: ServiceError, see no_job_slot().
iothub::Job submit_job(Context& ctx, const iothub::TwinJob& job);

}  // namespace fwctl::cli
