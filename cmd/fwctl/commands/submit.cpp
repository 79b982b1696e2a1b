#include "cmd/fwctl/commands/submit.hpp"

#include <fmt/format.h>

#include "cmd/fwctl/commands/same_job.hpp"
#include "cmd/fwctl/commands/settle.hpp"

namespace fwctl::cli {
namespace {

/// A job that was just made can look unknown for as long.
constexpr std::chrono::seconds birth{10};

std::optional<iothub::Job> read_back(Context& ctx, const std::string& id) {
  for (const auto give_up = ctx.clock.uptime() + birth;;) {
    if (auto job = ctx.hub().get_job(id)) return job;
    if (ctx.clock.uptime() >= give_up) return std::nullopt;
    ctx.clock.sleep_for(std::chrono::seconds{1});
  }
}

class Submission {
 public:
  Submission(Context& ctx, const iothub::TwinJob& job) : ctx_(ctx), job_(job) {}

  iothub::Job run() {
    const iothub::Job made = create_surely<iothub::Job>(
        ctx_, {fmt::format("job {}", job_.id), [this] { return put(); }, [this] { return look(); }});
    return compared_ ? made : confirmed(made);
  }

 private:
  /// The slots may be taken by the very job that is asked for.
  iothub::Job put() {
    try {
      return ctx_.hub().create_job(job_);
    } catch (const iothub::ServiceError& error) {
      if (!error.no_job_slot()) throw;
      if (const auto stored = ctx_.hub().get_job(job_.id)) return ours(*stored);
      throw;
    }
  }

  std::optional<iothub::Job> look() {
    const auto stored = read_back(ctx_, job_.id);
    return stored ? std::optional(ours(*stored)) : std::nullopt;
  }

  /// What the hub made of a job that it accepted.
  iothub::Job confirmed(const iothub::Job& accepted) {
    const auto stored = read_back_if_possible();
    if (stored) return ours(*stored, "was stored otherwise than asked");
    ctx_.notice(fmt::format("job {0} was accepted, but can't be read back yet: fwctl job show {0}", job_.id));
    return accepted;
  }

  std::optional<iothub::Job> read_back_if_possible() {
    try {
      return read_back(ctx_, job_.id);
    } catch (const Interrupted&) {
      throw;
    } catch (const Error&) {
      return std::nullopt;
    }
  }

  const iothub::Job& ours(const iothub::Job& stored, const char* how = "exists already with other content") {
    const auto differing = differences(stored, job_);
    if (!differing.empty()) {
      throw Conflict(fmt::format("job {} {}: {}", job_.id, how, fmt::join(differing, ", ")),
                     fmt::format("look at it: fwctl job show {}", job_.id));
    }
    compared_ = true;
    return stored;
  }

  Context& ctx_;
  const iothub::TwinJob& job_;
  bool compared_ = false;  // what the hub has is what was asked for
};

}  // namespace

iothub::Job submit_job(Context& ctx, const iothub::TwinJob& job) { return Submission(ctx, job).run(); }

}  // namespace fwctl::cli
