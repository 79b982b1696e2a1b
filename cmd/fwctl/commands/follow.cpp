#include "cmd/fwctl/commands/follow.hpp"

#include <fmt/format.h>

#include <ostream>

#include "cmd/fwctl/commands/fleet.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "cmd/fwctl/commands/watch.hpp"
#include "cmd/fwctl/errors.hpp"
#include "cmd/fwctl/output/text.hpp"
#include "fwctl/base/duration.hpp"
#include "fwctl/base/iso8601.hpp"

namespace fwctl::cli {
namespace {

using Json = nlohmann::ordered_json;
using firmware::VerdictKind;

/// A new job can look unknown to the hub for a moment.
constexpr std::chrono::seconds birth{10};

ExitCode code_for_devices(const firmware::Observation& seen) {
  const std::int64_t applied = count_of(seen.counts, VerdictKind::applied);
  if (applied == seen.devices) return ExitCode::ok;
  return applied == 0 ? ExitCode::job_failed : ExitCode::some_failed;
}

ExitCode code_for_writes(const iothub::Job& job) {
  const iothub::JobStatistics counts = job.statistics.value_or(iothub::JobStatistics{});
  if (counts.succeeded_count == counts.device_count) return ExitCode::ok;
  return counts.succeeded_count == 0 ? ExitCode::job_failed : ExitCode::some_failed;
}

/// What the end of a watch comes to; only for what is settled.
ExitCode code_for(const firmware::Observation& seen, const FollowArgs& args) {
  if (seen.job.status == iothub::JobStatus::cancelled) return ExitCode::cancelled;
  if (seen.job.status == iothub::JobStatus::failed) return ExitCode::job_failed;
  if (seen.devices == 0) return args.allow_empty ? ExitCode::ok : ExitCode::job_failed;
  return args.until == "written" ? code_for_writes(seen.job) : code_for_devices(seen);
}

std::string progress_text(const firmware::Observation& seen) {
  std::string text = fmt::format("job {} {}", seen.job.id, seen.job.status_text);
  if (const auto& counts = seen.job.statistics; counts && seen.counts.empty()) {
    text += fmt::format(": {} of {} twins written", counts->succeeded_count, counts->device_count);
    if (counts->failed_count > 0) text += fmt::format(", {} failed", counts->failed_count);
  }
  if (!seen.counts.empty()) text += ": " + counts_text(seen.counts);
  return text;
}

class Follower {
 public:
  Follower(Context& ctx, const std::string& job_id, const FollowArgs& args)
      : ctx_(ctx),
        id_(job_id),
        args_(args),
        start_(ctx.clock.uptime()),
        observer_(ctx.hub(), job_id,
                  {args.until == "applied", std::chrono::duration_cast<std::chrono::seconds>(args.device_timeout)}) {}

  std::optional<ExitCode> look() {
    const auto seen = observer_.look(ctx_.clock.now());
    if (!seen) return unknown_job();
    tell(*seen);
    if (!seen->settled && !args_.once) return std::nullopt;
    const ExitCode code = seen->settled ? code_for(*seen, args_) : ExitCode::pending;
    finish(*seen, code);
    return code;
  }

 private:
  std::optional<ExitCode> unknown_job() const {
    if (args_.just_created && ctx_.clock.uptime() - start_ < birth) return std::nullopt;
    throw NotFound(fmt::format("no job {}", id_), "fwctl job list shows what there is");
  }

  /// Once for every change: a line for people, a document with jsonl.
  void tell(const firmware::Observation& seen) {
    const std::string text = progress_text(seen);
    if (text == told_) return;
    told_ = text;
    if (ctx_.settings.format == Format::jsonl && !seen.settled && !args_.once) {
      print_document(ctx_, document(seen, "pending"), {});
      ctx_.out.flush();
    }
    if (ctx_.settings.format != Format::jsonl) tell_people(text);
  }

  void tell_people(const std::string& text) {
    if (!ctx_.animates_err() || ctx_.settings.quiet) return ctx_.notice(text);
    const auto room = static_cast<std::size_t>(std::max(ctx_.terminal.width - 1, 10));
    ctx_.err << "\r\x1b[K" << printable(text).substr(0, room) << std::flush;
    drawn_ = true;
  }

  void finish(const firmware::Observation& seen, ExitCode code) {
    if (drawn_) ctx_.err << "\r\x1b[K";
    if (seen.settled && seen.devices == 0 && seen.job.status == iothub::JobStatus::completed) {
      ctx_.notice(fmt::format("job {} matched no device: {}", id_, seen.job.query_condition));
    }
    print_document(ctx_, document(seen, outcome(code)), summary_columns());
    if (ctx_.settings.format == Format::table && !seen.troubled.empty()) print_troubled(seen);
  }

  static const char* outcome(ExitCode code) {
    switch (code) {
      case ExitCode::ok:
        return "succeeded";
      case ExitCode::some_failed:
        return "partly_failed";
      case ExitCode::cancelled:
        return "cancelled";
      case ExitCode::pending:
        return "pending";
      default:
        return "failed";
    }
  }

  Json document(const firmware::Observation& seen, const char* how) const {
    Json document = new_document();
    document["jobId"] = id_;
    document["outcome"] = how;
    document["until"] = args_.until;
    document["asOf"] = format_iso8601(ctx_.clock.now());
    document["devices"] = seen.devices;
    document["verdicts"] = counts_json(seen.counts);
    document["troubled"] = Json::array();
    for (const auto& device : seen.troubled) document["troubled"].push_back(device_json(device));
    document["job"] = from_hub(seen.job.document);
    return document;
  }

  Columns summary_columns() const {
    Columns columns{{"JOB", "/jobId"}, {"OUTCOME", "/outcome"}, {"STATUS", "/job/status"}, {"DEVICES", "/devices"}};
    if (args_.until == "applied") {
      columns.push_back({"APPLIED", "/verdicts/applied"});
    } else {
      columns.push_back({"WRITTEN", "/job/deviceJobStatistics/succeededCount"});
    }
    columns.push_back({"REASON", "/job/failureReason"});
    return columns;
  }

  void print_troubled(const firmware::Observation& seen) const {
    std::vector<Json> rows;
    for (const auto& device : seen.troubled) rows.push_back(device_json(device));
    ctx_.out << '\n';
    TableWriter(device_columns()).write(ctx_.out, rows);
  }

  Context& ctx_;
  const std::string& id_;
  const FollowArgs& args_;
  std::chrono::nanoseconds start_;
  firmware::JobObserver observer_;
  std::string told_;
  bool drawn_ = false;
};

}  // namespace

void declare_follow(Options& options, FollowArgs& args) {
  options.choice({"--until", "GOAL", "applied: the devices run it; written: their twins say so"}, args.until,
                 {"applied", "written"});
  options.duration({"--interval", "DURATION", "How often to look (5s)"}, args.interval);
  options.duration(
      {"--device-timeout", "DURATION", "A device without any change for so long is stuck, or offline for good (15m)"},
      args.device_timeout);
  options.toggle("--allow-empty", args.allow_empty, "A job that matches no device is a success");
}

ExitCode follow_job(Context& ctx, const std::string& job_id, const FollowArgs& args) {
  Follower follower(ctx, job_id, args);
  const WatchPlan plan{args.interval, fmt::format("job {} is not finished", job_id),
                       fmt::format("fwctl monitor {}", job_id)};
  return watch(ctx, plan, [&] { return follower.look(); });
}

}  // namespace fwctl::cli
