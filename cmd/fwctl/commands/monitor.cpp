#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/follow.hpp"

namespace fwctl::cli {
namespace {

struct Args {
  std::string job;
  FollowArgs follow;
};

}  // namespace

Command monitor() {
  return {"monitor", "Follow a job, then its devices, until they run the firmware",
          "fwctl monitor fw-285 --timeout 2h\nfwctl monitor fw-285 -o jsonl | jq -c .verdicts",
          [](Options& options) -> Run {
            auto args = std::make_shared<Args>();
            options.argument("JOB", args->job, "Job id");
            declare_follow(options, args->follow);
            options.toggle("--once", args->follow.once, "Look once; exit 8 while it is pending");
            return [args](Context& ctx) { return follow(ctx, {args->job, {args->job}}, args->follow); };
          }};
}

}  // namespace fwctl::cli
