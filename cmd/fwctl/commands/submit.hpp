#pragma once

#include "cmd/fwctl/context.hpp"
#include "fwctl/iothub/job.hpp"

namespace fwctl::cli {

/// Creates a job. When the answer is lost, is a 5xx, or says that the id is taken, the job is read back and compared:
/// the same content is success, other content is Conflict. All slots taken: the error names the job that holds one.
iothub::Job submit_job(Context& ctx, const iothub::TwinJob& job);

}  // namespace fwctl::cli
