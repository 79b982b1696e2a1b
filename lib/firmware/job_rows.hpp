#pragma once

#include <string>
#include <vector>

#include "fwctl/firmware/job_ledger.hpp"

namespace fwctl::firmware {

/// The rows of jobs that have ended, from devices.jobs: those of a status, or all when it is empty. Asks for none where
/// the job says that there are none.
JobRows read_job_rows(iothub::HubClient& hub, const std::vector<iothub::Job>& jobs, const std::string& status);

}  // namespace fwctl::firmware
