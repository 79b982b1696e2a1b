#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/jobs.hpp"
#include "cmd/fwctl/commands/rows.hpp"

namespace fwctl::cli {
namespace {

ExitCode run(const std::string& id, Context& ctx) {
  Columns columns = job_columns("/job");
  columns.push_back({"WHERE", "/job/queryCondition"});
  columns.push_back({"REASON", "/job/failureReason"});
  print_document(ctx, new_document("job", from_hub(existing_job(ctx, id).document)), columns);
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
