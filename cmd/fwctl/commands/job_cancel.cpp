#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/jobs.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "fwctl/iothub/error.hpp"

namespace fwctl::cli {
namespace {

/// A lost answer is settled by looking: nothing else than a cancellation leads to `cancelled`.
iothub::Job cancel(const std::string& id, Context& ctx) {
  try {
    return ctx.hub().cancel_job(id);
  } catch (const iothub::TransportError& error) {
    if (!error.maybe_acted()) throw;
    const auto job = ctx.hub().get_job(id);
    if (!job || job->status != iothub::JobStatus::cancelled) throw;
    return *job;
  }
}

ExitCode run(const std::string& id, Context& ctx) {
  print_document(ctx, new_document("job", from_hub(cancel(id, ctx).document)), job_columns("/job"));
  return ExitCode::ok;
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
