#pragma once

#include <string>

#include "lib/localhub/jobs/job_row.hpp"

namespace fwctl::localhub {

/// The body of PUT /jobs/v2/{id} as a row that was not written yet. Throws ApiError for what the hub refuses; the
/// condition is not read before the job starts, as on the real hub.
JobRow read_job_request(const std::string& id, const Json& body, Time now);

}  // namespace fwctl::localhub
