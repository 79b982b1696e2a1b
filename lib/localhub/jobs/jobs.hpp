#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/localhub/devices/methods.hpp"
#include "lib/localhub/jobs/job_devices.hpp"
#include "lib/localhub/twins/twins.hpp"

namespace fwctl::localhub {

/// Scheduled jobs: taken in, started when due, and carried out slice by slice.
class Jobs {
 public:
  /// Goes on with the jobs that a former process left unfinished.
  Jobs(Core& core, Twins& twins, Methods& methods);

  /// PUT /jobs/v2/{id}: the short form, status `queued`.
  Json create(const std::string& id, const Json& body);
  /// An unknown job is {"jobId", "type": "unknown", "status": "unknown"}, as on the real hub.
  Json get(const std::string& id);
  Json cancel(const std::string& id);
  /// Jobs in the order of their ids, behind `after`; empty type or status: all. One more than `count` when there is.
  std::vector<Json> list(const std::string& type, const std::string& status, const std::string& after,
                         std::size_t count);

  std::optional<Time> next_due() const;
  /// One transaction: starts a job, looks for its targets, or handles at most a hundred devices of one.
  void run_due();

 private:
  void advance(JobRow& job, JobEvent event);
  void step(JobRow& job);
  void start(JobRow& job);
  void run_slice(JobRow& job);
  void handle_device(JobRow& job, const Target& target);
  void write_twin(JobRow& job, const Target& target);
  void call_method(JobRow& job, const Target& target);
  void on_method_done(const std::string& job_id, std::int64_t position, const Methods::Outcome& outcome);
  /// All devices have their end: the job has, too.
  void end_if_done(JobRow& job);
  void settle(const JobRow& job, Time next);
  std::int64_t pace() const;
  void check_slots() const;
  void forget_old();

  Core& core_;
  Twins& twins_;
  Methods& methods_;
  std::map<std::string, Time> due_;  // of all jobs that have not ended
  JobRow* stepping_ = nullptr;       // the one that is in hand
  Json payload_;                     // of the one that is in hand
};

}  // namespace fwctl::localhub
