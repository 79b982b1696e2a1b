#pragma once

#include <map>
#include <optional>
#include <string>

#include "lib/localhub/jobs/job_row.hpp"
#include "lib/localhub/twins/twins.hpp"

namespace fwctl::localhub {

/// Scheduled jobs: taken in, started when due, and carried out slice by slice.
class Jobs {
 public:
  Jobs(Core& core, Twins& twins) : core_(core), twins_(twins) {}

  /// PUT /jobs/v2/{id}: the short form, status `queued`. The condition is not read before the job starts.
  Json create(const std::string& id, const Json& body);
  /// An unknown job is {"jobId", "type": "unknown", "status": "unknown"}, as on the real hub.
  Json get(const std::string& id) const;
  Json cancel(const std::string& id);

  std::optional<Time> next_due() const;
  /// One transaction: starts a job, or writes at most a hundred twins of one.
  void run_due();

 private:
  void advance(JobRow& job, JobEvent event);
  void start(JobRow& job);
  void take_targets(const JobRow& job);
  void run_slice(JobRow& job);
  void write_one(const JobRow& job, std::int64_t position, const std::string& device_id);
  void fail_the_rest(const JobRow& job);
  std::int64_t target_count(const JobRow& job) const;
  Time due(const JobRow& job) const;
  std::vector<JobRow> active() const;
  void forget_old();

  Core& core_;
  Twins& twins_;
  std::map<std::string, Time> next_slice_;  // of paced jobs
};

}  // namespace fwctl::localhub
