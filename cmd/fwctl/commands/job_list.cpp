#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/jobs.hpp"
#include "cmd/fwctl/commands/rows.hpp"

namespace fwctl::cli {
namespace {

struct Args {
  std::string type;
  std::string status;
  std::optional<int> limit;
};

ExitCode run(const Args& args, Context& ctx) {
  List list(ctx, {"jobs", "job"}, job_columns(""));
  stream(list, ctx.hub().list_jobs(args.type, args.status, page_size(args.limit)), args.limit,
         [](const iothub::Job& job) { return from_hub(job.document); });
  list.end("no jobs");
  return ExitCode::ok;
}

}  // namespace

Command job_list() {
  return {"job list", "List the hub's jobs", "fwctl job list --status running\nfwctl job list -o jsonl | jq .job.jobId",
          [](Options& options) -> Run {
            auto args = std::make_shared<Args>();
            options.choice({"--type", "TYPE", "scheduleUpdateTwin or scheduleDeviceMethod"}, args->type,
                           {"scheduleUpdateTwin", "scheduleDeviceMethod"});
            options.choice(
                {"--status", "STATUS", "enqueued, queued, scheduled, running, completed, failed or cancelled"},
                args->status, {"enqueued", "queued", "scheduled", "running", "completed", "failed", "cancelled"});
            options.number({"--limit", "N", "Stop after so many"}, args->limit, 1, most_rows);
            return [args](Context& ctx) { return run(*args, ctx); };
          }};
}

}  // namespace fwctl::cli
