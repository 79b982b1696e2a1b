#include <fmt/format.h>

#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/jobs.hpp"
#include "cmd/fwctl/errors.hpp"
#include "fwctl/iothub/error.hpp"

namespace fwctl::cli {
namespace {

/// Who cancels what is cancelled already is refused, and so is a repeat when an earlier try was carried out and its
/// answer lost: a look settles both.
iothub::Job cancel(const std::string& id, Context& ctx) {
  try {
    return ctx.hub().cancel_job(id);
  } catch (const iothub::ServiceError& error) {
    const bool refused = error.status() < 500 && error.status() != 429;
    if (!refused) throw;
    const auto job = ctx.hub().get_job(id);
    if (!job || job->status != iothub::JobStatus::cancelled) throw;
    return *job;
  }
}

/// nullopt: the part runs or has ended.
std::optional<iothub::Job> cancel_part(const std::string& id, Context& ctx) {
  try {
    return cancel(id, ctx);
  } catch (const iothub::ServiceError& error) {
    if (error.status() != 405) throw;
    return std::nullopt;
  }
}

/// The last first, so that no part begins because the one before it is gone.
ExitCode cancel_parts(const std::string& id, NamedJob named, Context& ctx) {
  std::size_t past = 0;
  for (auto job = named.jobs.rbegin(); job != named.jobs.rend(); ++job) {
    if (job->status == iothub::JobStatus::cancelled) continue;
    if (auto cancelled = cancel_part(job->id, ctx)) {
      *job = std::move(*cancelled);
    } else {
      ++past;
    }
  }
  print_jobs(ctx, named);
  if (past == 0) return ExitCode::ok;
  throw Conflict(fmt::format("{} of {} parts of job {} run or have ended{}", past, named.count, id,
                             past < named.jobs.size() ? "; the others are cancelled" : ""),
                 "a job can be cancelled only before it runs: see fwctl job show " + id);
}

ExitCode run(const std::string& id, Context& ctx) {
  try {
    print_jobs(ctx, {{cancel(id, ctx)}, 1});
    return ExitCode::ok;
  } catch (const iothub::ServiceError& error) {
    if (error.status() != 404) throw;
    NamedJob named = existing_job(ctx, id);
    if (named.count == 1) throw;
    return cancel_parts(id, std::move(named), ctx);
  }
}

}  // namespace

Command job_cancel() {
  return {"job cancel", "Cancel a job that does not run yet", "fwctl job cancel fw-285", [](Options& options) -> Run {
            auto id = std::make_shared<std::string>();
            options.argument("JOB", *id, "Job id");
            return [id](Context& ctx) { return run(*id, ctx); };
          }};
}

}  // namespace fwctl::cli
