#include "cmd/fwctl/commands/follow.hpp"

#include <fmt/format.h>

#include <deque>
#include <ostream>

#include "cmd/fwctl/commands/fleet.hpp"
#include "cmd/fwctl/commands/followed.hpp"
#include "cmd/fwctl/commands/watch.hpp"
#include "cmd/fwctl/errors.hpp"
#include "cmd/fwctl/output/text.hpp"

namespace fwctl::cli {
namespace {

using firmware::Observation;

/// A new job can look unknown to the hub for a moment.
constexpr std::chrono::seconds birth{10};

const char* outcome_of(ExitCode code) {
  switch (code) {
    case ExitCode::ok:
      return "succeeded";
    case ExitCode::some_failed:
      return "partly_failed";
    case ExitCode::cancelled:
      return "cancelled";
    case ExitCode::pending:
      return "pending";
    case ExitCode::deadline_passed:
      return "deadline_passed";
    default:
      return "failed";
  }
}

class Follower {
 public:
  Follower(Context& ctx, const std::string& id, const std::vector<std::string>& job_ids, const FollowArgs& args)
      : ctx_(ctx), id_(id), args_(args), start_(ctx.clock.uptime()) {
    const firmware::JobObserver::Options options{args.until == "applied", args.once,
                                                 std::chrono::duration_cast<std::chrono::seconds>(args.device_timeout)};
    for (const std::string& job_id : job_ids)
      parts_.push_back({job_id, {ctx.hub(), ctx.budget(), job_id, options}, {}});
  }

  std::optional<ExitCode> look() {
    for (Part& part : parts_) {
      if (part.seen && part.seen->settled) continue;
      part.seen = part.observer.look(ctx_.clock.now());
      if (!part.seen) return unknown_job(part.id);
      for (const auto& device : part.seen->failures) ctx_.notice(failure_text(device));
    }
    const Followed seen = taken_together();
    const ExitCode code = seen.settled() ? seen.code(args_) : ExitCode::pending;
    const bool last = seen.settled() || args_.once;
    tell(seen, last);
    if (!last) return std::nullopt;
    finish(seen, code);
    return code;
  }

  /// What was seen last, when the time is over.
  void give_up() {
    for (const Part& part : parts_) {
      if (!part.seen) return;
    }
    finish(taken_together(), ExitCode::deadline_passed);
  }

 private:
  struct Part {
    std::string id;
    firmware::JobObserver observer;
    std::optional<Observation> seen;
  };

  Followed taken_together() const {
    std::vector<Observation> seen;
    for (const Part& part : parts_) seen.push_back(*part.seen);
    return Followed(std::move(seen));
  }

  std::optional<ExitCode> unknown_job(const std::string& id) const {
    if (args_.just_created && ctx_.clock.uptime() - start_ < birth) return std::nullopt;
    throw NotFound(fmt::format("no job {}", id), "fwctl job list shows what there is");
  }

  /// Once for every change: a line for people, a document with jsonl.
  void tell(const Followed& seen, bool last) {
    const std::string text = seen.text(id_);
    if (text == told_) return;
    told_ = text;
    if (ctx_.settings.format != Format::jsonl) return tell_people(text);
    if (!last) print(seen, ExitCode::pending);  // the last one says how it ended
  }

  void tell_people(const std::string& text) {
    if (!ctx_.animates_err() || ctx_.settings.quiet) return ctx_.notice(text);
    const auto room = static_cast<std::size_t>(std::max(ctx_.terminal.width - 1, 10));
    ctx_.err << "\r\x1b[K" << printable(text).substr(0, room) << std::flush;
    drawn_ = true;
  }

  void print(const Followed& seen, ExitCode code) const {
    print_document(ctx_, seen.document(id_, outcome_of(code), args_, ctx_.clock.now(), ctx_.budget()),
                   followed_columns(args_, parts_.size() == 1));
  }

  void finish(const Followed& seen, ExitCode code) {
    if (drawn_) ctx_.err << "\r\x1b[K";
    for (const Observation& part : seen.parts()) {
      if (!part.settled || part.devices > 0 || part.job.status != iothub::JobStatus::completed) continue;
      ctx_.notice(fmt::format("job {} matched no device: {}", part.job.id, part.job.query_condition));
    }
    print(seen, code);
    if (ctx_.settings.format == Format::table && !seen.troubled().empty()) print_troubled(seen);
  }

  void print_troubled(const Followed& seen) const {
    ctx_.out << '\n';
    TableWriter(device_columns()).write(ctx_.out, device_rows(seen.troubled()));
  }

  Context& ctx_;
  const std::string& id_;
  const FollowArgs& args_;
  std::chrono::nanoseconds start_;
  std::deque<Part> parts_;
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

ExitCode follow_jobs(Context& ctx, const std::string& id, const std::vector<std::string>& job_ids,
                     const FollowArgs& args) {
  ctx.budget().pace();
  Follower follower(ctx, id, job_ids, args);
  const WatchPlan plan{args.interval, fmt::format("job {} is not finished", id), fmt::format("fwctl monitor {}", id)};
  try {
    return watch(ctx, plan, [&] { return follower.look(); });
  } catch (const DeadlinePassed&) {
    follower.give_up();
    throw;
  }
}

}  // namespace fwctl::cli
