#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "cmd/common/files.hpp"
#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/dry_run.hpp"
#include "cmd/fwctl/commands/follow.hpp"
#include "cmd/fwctl/commands/job_ids.hpp"
#include "cmd/fwctl/commands/job_parts.hpp"
#include "cmd/fwctl/output/output.hpp"
#include "fwctl/base/error.hpp"
#include "fwctl/base/iso8601.hpp"
#include "fwctl/base/sha256.hpp"
#include "fwctl/firmware/contract.hpp"
#include "fwctl/firmware/fleet_reader.hpp"
#include "fwctl/firmware/job_parts.hpp"

namespace fwctl::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::chrono::hours horizon{168};

struct Args {
  firmware::Desired firmware;
  std::string package_file;
  TargetArgs targets;
  std::string job_id;
  std::string start_at;
  std::chrono::milliseconds max_execution_time{std::chrono::hours{1}};
  bool dry_run = false;
  bool wait = false;
  bool wait_for_slot = false;
  FollowArgs follow;
};

std::string check_value(const Args& args) {
  if (args.firmware.check_value.empty() == args.package_file.empty()) {
    throw UsageError("give either --check-value or --package-file");
  }
  if (args.package_file.empty()) return args.firmware.check_value;
  std::ifstream file = open_file(args.package_file, "the package");
  if (file.peek() == std::ifstream::traits_type::eof()) {
    throw UsageError(fmt::format("the package {} is empty", args.package_file));
  }
  return sha256_hex(file);
}

firmware::Desired wanted_firmware(const Args& args) {
  firmware::Desired wanted = args.firmware;
  wanted.check_value = check_value(args);
  if (wanted.version.empty()) throw UsageError("--fw-version is empty");
  if (wanted.version.size() > firmware::longest_version) {
    throw UsageError(fmt::format("--fw-version has {} bytes; {} are enough for any version", wanted.version.size(),
                                 firmware::longest_version));
  }
  if (!firmware::is_https_uri(wanted.package_uri)) {
    throw UsageError(
        fmt::format("--package-uri '{}' is not an https address; devices refuse others", wanted.package_uri));
  }
  return wanted;
}

/// `slack`: how wrong the clock may be.
Time checked_start(const Args& args, Time now, std::chrono::hours slack) {
  const Time start = parse_when(args.start_at, now, "--start-at");
  if (start > now + horizon + slack) {
    throw UsageError("--start-at is more than 168 hours ahead, which the hub does not take",
                     "schedule it nearer to its start");
  }
  return start;
}

/// By the hub's clock, which any answer tells: by one that is an hour behind, in half an hour were at once. What no
/// clock can make good is refused before anything is sent; with one that is wrong by more no token would be good.
std::optional<Time> start_time(const Args& args, const std::string& job_id, Context& ctx) {
  if (args.start_at.empty()) return std::nullopt;
  const bool relative = args.start_at.starts_with('+');
  checked_start(args, ctx.clock.now(), std::chrono::hours{relative ? 0 : 1});
  ctx.hub().get_job(job_id);
  const Time now = ctx.hub().now();
  const Time start = checked_start(args, now, std::chrono::hours{0});
  if (start < now) ctx.notice("--start-at has passed: the job starts at once");
  return start;
}

LogicalJob job_from(const Args& args, Context& ctx) {
  const firmware::Desired wanted = wanted_firmware(args);
  LogicalJob job{{}, read_targets(args.targets, ctx)};
  job.common.id = args.job_id.empty() ? derived_job_id(wanted.version, ctx) : checked_job_id(args.job_id, job.parts());
  job.common.update_twin = firmware::update_twin_patch(wanted);
  job.common.max_execution_time = std::chrono::ceil<std::chrono::seconds>(args.max_execution_time);
  job.common.start = start_time(args, job.common.id, ctx);
  return job;
}

/// The way to go on after an end half way: ids and times that were made up here have to be said.
SubmitPlan submit_plan(const Args& args, const LogicalJob& job) {
  std::string resume = "run the same command again";
  const bool relative = args.start_at.starts_with('+');
  if (args.job_id.empty() || relative) resume += " with";
  if (args.job_id.empty()) resume += " --job-id " + job.common.id;
  if (relative) resume += " --start-at " + format_iso8601_millis(*job.common.start);
  return {args.wait_for_slot, args.follow.interval, resume};
}

Json document_of(const LogicalJob& job) {
  Json document = new_document();
  document["jobId"] = job.common.id;
  if (job.parts() == 1) document["condition"] = job.targets.condition(0);
  if (job.targets.named() > 0) document["named"] = job.targets.named();
  document["firmware"] = Json(firmware::to_json(firmware::firmware_in(job.common.update_twin).value()));
  document["startTime"] = job.common.start ? Json(format_iso8601_millis(*job.common.start)) : Json(nullptr);
  return document;
}

Json parts_json(const LogicalJob& job, const std::vector<Submitted>& submitted) {
  Json parts = Json::array();
  for (std::size_t i = 0; i < submitted.size(); ++i) {
    parts.push_back({{"jobId", submitted[i].id}, {"named", job.targets.named(i)}, {"status", submitted[i].status}});
  }
  return parts;
}

/// A condition that is none fails as soon as the hub looks at it.
ExitCode code_of(Context& ctx, const std::vector<Submitted>& submitted) {
  ExitCode code = ExitCode::ok;
  for (const Submitted& part : submitted) {
    if (part.status == "cancelled") code = ExitCode::cancelled;
    if (part.status != "failed") continue;
    ctx.notice(fmt::format("job {} has failed already: {}", part.id, part.failure_reason));
    return ExitCode::job_failed;
  }
  return code;
}

ExitCode print_submitted(Context& ctx, const LogicalJob& job, const std::vector<Submitted>& submitted) {
  Json document = document_of(job);
  Columns columns{{"JOB", "/jobId"}, {"STATUS", "/status"}, {"VERSION", "/firmware/fwVersion"}};
  if (job.common.start && submitted.front().start) {
    document["startTime"] = format_iso8601_millis(*submitted.front().start);  // which may be later than asked
  }
  if (job.parts() == 1) {
    document["status"] = submitted.front().status;
    document["job"] = from_hub(submitted.front().document);
    columns.push_back({"WHERE", "/condition"});
  } else {
    document["status"] = "submitted";
    document["partCount"] = job.parts();
    document["parts"] = parts_json(job, submitted);
    columns.insert(columns.end(), {{"PARTS", "/partCount"}, {"NAMED", "/named"}});
  }
  columns.push_back({"START", "/startTime"});
  const ExitCode code = code_of(ctx, submitted);
  if (code == ExitCode::ok) ctx.notice(fmt::format("to follow it: fwctl monitor {}", job.common.id));
  if (code != ExitCode::ok && job.parts() == 1) columns.push_back({"REASON", "/job/failureReason"});
  print_document(ctx, document, columns);
  return code;
}

/// A hub with few slots takes the later parts only when the earlier ones, which wait for their start, have ended.
void warn_of_late_parts(Context& ctx, const LogicalJob& job) {
  if (job.parts() == 1 || !job.common.start) return;
  ctx.notice(
      fmt::format("all {} parts start at {}, but a hub lets 1 (S1), 5 (S2) or 10 (S3) jobs wait: the others are "
                  "submitted from here "
                  "when those have ended",
                  job.parts(), format_iso8601_millis(*job.common.start)));
}

ExitCode run(const Args& args, Context& ctx) {
  const LogicalJob job = job_from(args, ctx);
  if (args.dry_run) return dry_run(ctx, job, document_of(job));
  warn_of_late_parts(ctx, job);
  const auto submitted = submit_parts(ctx, job, submit_plan(args, job));
  if (args.wait) return follow(ctx, {job.common.id, part_ids(job.common.id, job.parts())}, args.follow);
  return print_submitted(ctx, job, submitted);
}

void declare_firmware(Options& options, Args& args) {
  options.text({"--fw-version", "V", "The version that devices are to run", /*required=*/true}, args.firmware.version);
  options.text({"--package-uri", "URI", "Where devices get it; https only", /*required=*/true},
               args.firmware.package_uri);
  options.text({"--check-value", "TEXT", "What devices verify it by"}, args.firmware.check_value);
  options.text({"--package-file", "FILE", "The package itself: its SHA-256 is the check value"}, args.package_file);
}

void declare_job(Options& options, Args& args) {
  options.text({"--job-id", "ID", "Lower-case letters, digits and hyphens; derived when not given"}, args.job_id);
  options.text({"--start-at", "TIME", "RFC 3339 or +2h, at most 168 hours ahead; now when not given"}, args.start_at);
  options.duration({"--max-execution-time", "DURATION", "Twins not written by then fail (1h)"},
                   args.max_execution_time);
  options.toggle("--wait-for-slot", args.wait_for_slot, "Wait while another job holds the hub's job slots");
  options.toggle("--dry-run", args.dry_run, "Show the request, how many devices it means and what they run");
  options.toggle("--wait", args.wait, "Follow the job as monitor does");
}

}  // namespace

Command schedule() {
  return {"schedule", "Submit the job that updates the firmware of a fleet",
          "fwctl schedule --fw-version 2.8.5 --package-file 2.8.5.bin \\\n"
          "    --package-uri https://fw.contoso.com/2.8.5.bin --dry-run\n"
          "fwctl schedule --fw-version 2.8.5 --check-value 12ab \\\n"
          "    --package-uri https://fw.contoso.com/2.8.5.bin --wait --timeout 2h",
          [](Options& options) -> Run {
            auto args = std::make_shared<Args>();
            declare_firmware(options, *args);
            declare_targets(options, args->targets);
            declare_job(options, *args);
            declare_follow(options, args->follow);
            args->follow.just_created = true;
            return [args](Context& ctx) { return run(*args, ctx); };
          }};
}

}  // namespace fwctl::cli
