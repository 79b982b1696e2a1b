#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/jobs.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "fwctl/iothub/query_text.hpp"

namespace fwctl::cli {
namespace {

struct Args {
  std::string job;
  std::string status;
  std::optional<int> limit;
};

ExitCode run(const Args& args, Context& ctx) {
  const NamedJob named = existing_job(ctx, args.job);
  List list(ctx, {"deviceJobs", "deviceJob"},
            {{"DEVICE", "/deviceId"},
             {"STATUS", "/status"},
             {"START", "/startTimeUtc"},
             {"END", "/endTimeUtc"},
             {"ERROR", "/error/code"},
             {"DESCRIPTION", "/error/description"}});
  for (const iothub::Job& job : named.jobs) {
    const int left = args.limit.value_or(most_rows) - static_cast<int>(list.size());
    if (left > 0)
      stream(list, ctx.hub().query(iothub::device_jobs_query(job.id, args.status), page_size(left)), left, from_hub);
  }
  list.end("no devices");
  return ExitCode::ok;
}

}  // namespace

Command job_devices() {
  return {"job devices", "List what became of each device in a job",
          "fwctl job devices fw-285 --status failed\nfwctl job devices fw-285 -o jsonl | jq -r .deviceJob.deviceId",
          [](Options& options) -> Run {
            auto args = std::make_shared<Args>();
            options.argument("JOB", args->job, "Job id");
            options.choice({"--status", "STATUS", "pending, scheduled, running, completed, failed or canceled"},
                           args->status, {"pending", "scheduled", "running", "completed", "failed", "canceled"});
            options.number({"--limit", "N", "Stop after so many"}, args->limit, 1, most_rows);
            return [args](Context& ctx) { return run(*args, ctx); };
          }};
}

}  // namespace fwctl::cli
