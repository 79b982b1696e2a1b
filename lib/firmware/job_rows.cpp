#include "lib/firmware/job_rows.hpp"

#include <fmt/core.h>

#include "fwctl/iothub/query_text.hpp"

namespace fwctl::firmware {
namespace {

bool has_none(const iothub::Job& job, const std::string& status) {
  if (!job.statistics) return false;
  return (status == "failed" ? job.statistics->failed_count : job.statistics->device_count) == 0;
}

void add_rows(iothub::HubClient& hub, const std::string& job_id, const std::string& status, JobRows& rows) {
  auto pages = hub.query(iothub::device_jobs_query(job_id, status));
  while (const auto page = pages.next()) {
    for (const std::string& text : *page) {
      const iothub::DeviceJob row = iothub::parse_device_job(text);
      auto& error = rows[row.device_id];
      if (row.status == "failed") error = fmt::format("{}: {}", row.error_code, row.error_description);
    }
  }
}

}  // namespace

JobRows read_job_rows(iothub::HubClient& hub, const std::vector<iothub::Job>& jobs, const std::string& status) {
  JobRows rows;
  for (const iothub::Job& job : jobs) {
    if (!has_none(job, status)) add_rows(hub, job.id, status, rows);
  }
  return rows;
}

}  // namespace fwctl::firmware
