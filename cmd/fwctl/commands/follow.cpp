#include "cmd/fwctl/commands/follow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>

#include "cmd/fwctl/commands/changes.hpp"
#include "cmd/fwctl/commands/fleet.hpp"
#include "cmd/fwctl/commands/followed.hpp"
#include "cmd/fwctl/commands/job_ids.hpp"
#include "cmd/fwctl/commands/jobs.hpp"
#include "cmd/fwctl/commands/progress.hpp"
#include "cmd/fwctl/commands/watch.hpp"
#include "cmd/fwctl/errors.hpp"
#include "cmd/fwctl/output/heartbeat.hpp"
#include "cmd/fwctl/output/live_board.hpp"
#include "cmd/fwctl/output/text.hpp"
#include "fwctl/base/duration.hpp"

namespace fwctl::cli {
namespace {

/// A new job can look unknown to the hub for a while.
constexpr std::chrono::seconds birth{120};

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

/// With what decides about the end.
std::string resume_command(const FollowPlan& plan, const FollowArgs& args) {
  std::string command = "fwctl monitor " + plan.id;
  if (args.until != FollowArgs{}.until) command += " --until " + args.until;
  if (args.device_timeout != FollowArgs{}.device_timeout) {
    command += " --device-timeout " + duration_argument(args.device_timeout);
  }
  if (args.allow_empty) command += " --allow-empty";
  return command;
}

class Follower {
 public:
  Follower(Context& ctx, const FollowPlan& plan, const FollowArgs& args)
      : ctx_(ctx), plan_(plan), args_(args), start_(ctx.clock.uptime()), changes_(ctx.clock), progress_(ctx) {
    observe(plan.job_ids);
    const bool on_terminal = ctx.animates_err() && !ctx.settings.quiet && ctx.settings.format != Format::jsonl;
    if (on_terminal) {
      board_.emplace(ctx, ctx.err, [this] { return board(); });
    } else {
      heartbeat_.emplace(ctx, [this] {
        if (seen_) tell(/*last=*/false);
      });
    }
  }

  std::optional<ExitCode> look() {
    auto seen = observer_->look();
    if (!seen) return unknown_job();
    saw(std::move(*seen));
    for (const auto& device : observer_->new_failures(*seen_)) ctx_.notice(failure_text(device));
    if (observer_->is_due(*seen_)) settle();
    const ExitCode code = seen_->settled ? followed().code() : ExitCode::pending;
    const bool last = seen_->settled || args_.once;
    tell(last);
    if (!last) return std::nullopt;
    finish(code);
    return code;
  }

  /// What was seen last, when the time is over.
  void give_up() {
    if (seen_) finish(ExitCode::deadline_passed);
  }

 private:
  void observe(std::vector<std::string> job_ids) {
    observer_.emplace(
        ctx_.hub(), ctx_.budget(), std::move(job_ids),
        firmware::JobObserver::Options{args_.until == "applied", args_.once,
                                       std::chrono::duration_cast<std::chrono::seconds>(args_.device_timeout)});
  }

  void saw(firmware::Observation seen) {
    seen_ = std::move(seen);
    progress_.saw(seen_->fleet);
  }

  /// On a copy: it may take long, and until then what was seen is what can be told.
  void settle() {
    firmware::Observation settled = *seen_;
    observer_->settle(settled);
    saw(std::move(settled));
  }

  /// Perhaps it is too new for the hub, or the name of a job in parts.
  std::optional<ExitCode> unknown_job() {
    if (args_.just_created && ctx_.clock.uptime() - start_ < birth) return std::nullopt;
    if (std::exchange(looked_up_, true)) return std::nullopt;  // the list has it: it will come
    observe(part_ids(plan_.id, existing_job(ctx_, plan_.id).count));
    return look();
  }

  Followed followed() const { return {plan_, args_, *seen_}; }

  Board board() const {
    if (!seen_) return {"job " + printable(plan_.id), {}, {}, {}};
    Board board = progress_.board(fmt::format("job {} {}", printable(plan_.id), followed().status()), seen_->devices);
    const iothub::JobStatistics& written = seen_->written;
    board.bars.insert(board.bars.begin(), {"written", written.succeeded_count, written.device_count, Tone::neutral});
    return board;
  }

  void tell(bool last) {
    if (board_) return board_->draw();
    const auto text = changes_.to_tell(followed().text());
    if (text && ctx_.settings.format != Format::jsonl) ctx_.notice(*text);
    if (text && ctx_.settings.format == Format::jsonl && !last) print(ExitCode::pending);  // the last tells the outcome
  }

  void print(ExitCode code) const {
    print_document(ctx_, followed().document(outcome_of(code), ctx_.hub().now(), ctx_.budget()), followed().columns());
  }

  void finish(ExitCode code) {
    if (board_) board_->erase();
    if (seen_->settled) tell_who_is_missing();
    if (seen_->written.failed_count > std::ssize(seen_->troubled)) {
      ctx_.notice(fmt::format("which twins were not written, and why: fwctl job devices {} --status failed", plan_.id));
    }
    print(code);
    if (ctx_.settings.format == Format::table && !seen_->troubled.empty()) print_troubled();
  }

  void tell_who_is_missing() {
    if (seen_->devices == 0 && seen_->any(iothub::JobStatus::completed)) {
      const std::string condition = cut_to(seen_->jobs.front().query_condition, 200);
      ctx_.notice(fmt::format("job {} matched no device: {}", plan_.id, condition));
    } else if (const std::int64_t named = followed().named(); all_completed() && seen_->devices < named) {
      ctx_.notice(fmt::format("{} {} named, and the hub has {} of them", named,
                              named == 1 ? "device was" : "devices were", seen_->devices));
    }
  }

  bool all_completed() const {
    return seen_->missing == 0 && std::all_of(seen_->jobs.begin(), seen_->jobs.end(), [](const iothub::Job& job) {
             return job.status == iothub::JobStatus::completed;
           });
  }

  void print_troubled() const {
    ctx_.out << '\n';
    TableWriter(device_columns()).write(ctx_.out, device_rows(seen_->troubled));
  }

  Context& ctx_;
  const FollowPlan& plan_;
  const FollowArgs& args_;
  std::chrono::nanoseconds start_;
  bool looked_up_ = false;  // by the name of its parts
  Changes changes_;
  Progress progress_;
  std::optional<firmware::JobObserver> observer_;
  std::optional<firmware::Observation> seen_;
  std::optional<LiveBoard> board_;  // after what it shows
  std::optional<Heartbeat> heartbeat_;
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

ExitCode follow(Context& ctx, const FollowPlan& plan, const FollowArgs& args) {
  if (!args.once) ctx.budget().pace();
  Follower follower(ctx, plan, args);
  const WatchPlan watch_plan{args.interval, fmt::format("job {} is not finished", plan.id), resume_command(plan, args),
                             args.once};
  try {
    return watch(ctx, watch_plan, [&] { return follower.look(); });
  } catch (const DeadlinePassed&) {
    follower.give_up();
    throw;
  }
}

}  // namespace fwctl::cli
