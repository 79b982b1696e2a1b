#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/jobs.hpp"

namespace fwctl::cli {
namespace {

ExitCode run(const std::string& id, Context& ctx) {
  print_jobs(ctx, existing_job(ctx, id), {{"WHERE", "/job/queryCondition"}, {"REASON", "/job/failureReason"}});
  return ExitCode::ok;
}

}  // namespace

Command job_show() {
  return {"job show", "Show one job, whatever became of it", "fwctl job show fw-285", [](Options& options) -> Run {
            auto id = std::make_shared<std::string>();
            options.argument("JOB", *id, "Job id");
            return [id](Context& ctx) { return run(*id, ctx); };
          }};
}

}  // namespace fwctl::cli
