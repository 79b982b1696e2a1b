#include "cmd/fwctl/commands/job_parts.hpp"

#include <fmt/format.h>

#include "cmd/fwctl/commands/job_ids.hpp"
#include "cmd/fwctl/commands/jobs.hpp"
#include "cmd/fwctl/commands/slot.hpp"
#include "cmd/fwctl/commands/submit.hpp"
#include "cmd/fwctl/errors.hpp"
#include "fwctl/iothub/error.hpp"

namespace fwctl::cli {
namespace {

/// How often a part is tried again while the hub has no slot and no job that would hold one: its list lags.
constexpr int most_blind_tries = 12;

class Submitter {
 public:
  Submitter(Context& ctx, const LogicalJob& job, const SubmitPlan& plan) : ctx_(ctx), job_(job), plan_(plan) {}

  std::vector<Submitted> run() {
    try {
      while (done_.size() < job_.parts()) submit_next();
      return std::move(done_);
    } catch (const DeadlinePassed& error) {
      throw DeadlinePassed(fmt::format("{}; {}", error.what(), how_far()), "to go on: " + plan_.resume);
    } catch (const Interrupted&) {
      ctx_.notice(how_far() + (waiting_ ? "" : "; to go on: " + plan_.resume));
      throw;
    } catch (const Conflict&) {
      if (!done_.empty()) ctx_.notice(how_far());
      throw;
    } catch (const Error&) {
      if (!done_.empty()) ctx_.notice(how_far() + "; to go on: " + plan_.resume);
      throw;
    }
  }

 private:
  std::string how_far() const {
    if (job_.parts() == 1 && waiting_) return fmt::format("job {} is not submitted yet", job_.common.id);
    if (job_.parts() == 1) return fmt::format("whether job {} is submitted can't be told", job_.common.id);
    return fmt::format("{} of {} parts of job {} are submitted", done_.size(), job_.parts(), job_.common.id);
  }

  void submit_next() {
    blind_tries_ = 0;
    iothub::Job job = submit_when_free(job_.part(done_.size()));
    const bool several = job_.parts() > 1;
    done_.push_back({job.id, job.status_text, job.start, job.failure_reason, several ? "" : std::move(job.document)});
    if (several) ctx_.notice(fmt::format("{} of {}: {}", done_.size(), job_.parts(), done_.back().id));
  }

  iothub::Job submit_when_free(const iothub::TwinJob& part) {
    for (;;) {
      try {
        return submit_job(ctx_, part);
      } catch (const iothub::ServiceError& error) {
        if (!error.no_job_slot()) throw;
        wait_for_slot(part.id, error);
      }
    }
  }

  void wait_for_slot(const std::string& id, const iothub::ServiceError& error) {
    const auto holder = slot_holder(ctx_, id);
    if (!holder) return wait_blindly(error);
    if (!plan_.wait_for_slot && !of_one_job(holder->id, id)) {
      throw iothub::ServiceError(error.detail(), told(*holder) + "; --wait-for-slot waits for its end");
    }
    tell(*holder, id);
    waiting_ = true;
    wait_for_end(ctx_, *holder, plan_.interval, plan_.resume);
    waiting_ = false;
  }

  void wait_blindly(const iothub::ServiceError& error) {
    if (!plan_.wait_for_slot && ++blind_tries_ > most_blind_tries) throw error;
    ctx_.clock.sleep_for(plan_.interval);
  }

  /// Each job of somebody else once, and once that parts of ours wait for each other.
  void tell(const iothub::Job& holder, const std::string& id) {
    const std::string who = of_one_job(holder.id, id) ? job_.common.id : holder.id;
    if (std::exchange(told_, who) != who) ctx_.notice(fmt::format("{}: {} waits for its end", told(holder), id));
  }

  Context& ctx_;
  const LogicalJob& job_;
  const SubmitPlan& plan_;
  std::vector<Submitted> done_;
  std::string told_;
  int blind_tries_ = 0;
  bool waiting_ = false;
};

}  // namespace

iothub::TwinJob LogicalJob::part(std::size_t index) const {
  iothub::TwinJob job = common;
  job.id = part_id(common.id, index + 1, parts());
  job.query_condition = targets.condition(index);
  return job;
}

namespace {

/// A list of another length, or a single job, may have the name.
void refuse_another_under_the_name(Context& ctx, const LogicalJob& job) {
  try {
    const NamedJob there = existing_job(ctx, job.common.id);
    if (there.count == job.parts()) return;
    throw Conflict(fmt::format("job {} exists already, {}", job.common.id,
                               there.count == 1 ? "of one part" : fmt::format("of {} parts", there.count)),
                   "look at it: fwctl job show " + job.common.id);
  } catch (const NotFound&) {
  }
}

}  // namespace

std::vector<Submitted> submit_parts(Context& ctx, const LogicalJob& job, const SubmitPlan& plan) {
  if (job.parts() > 1) refuse_another_under_the_name(ctx, job);
  return Submitter(ctx, job, plan).run();
}

}  // namespace fwctl::cli
