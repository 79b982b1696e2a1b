#include <fmt/format.h>

#include <ostream>

#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/fleet.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "cmd/fwctl/commands/watch.hpp"
#include "cmd/fwctl/errors.hpp"
#include "fwctl/base/error.hpp"
#include "fwctl/base/iso8601.hpp"

namespace fwctl::cli {
namespace {

using Json = nlohmann::ordered_json;
using firmware::DeviceState;
using firmware::VerdictKind;

struct Args {
  std::string where{firmware::default_condition};
  std::string until_version;
  std::chrono::milliseconds interval{5'000};
  std::chrono::milliseconds device_timeout{15 * 60'000};
  int limit = 20;
  bool once = false;
  bool devices = false;
};

std::chrono::seconds device_timeout(const Args& args) {
  return std::chrono::duration_cast<std::chrono::seconds>(args.device_timeout);
}

class StatusWatch {
 public:
  StatusWatch(Context& ctx, const Args& args)
      : ctx_(ctx),
        args_(args),
        observer_(ctx.hub(), ctx.budget(), {args.where, args.until_version, device_timeout(args), {}}) {}

  std::optional<ExitCode> look() {
    const Time now = ctx_.clock.now();
    observer_.look(now);
    count_ = observer_.count();
    shown_ = observer_.devices().empty() ? observer_.new_failures(now, args_.limit) : observer_.devices();
    if (static_cast<int>(shown_.size()) > args_.limit) shown_.resize(static_cast<std::size_t>(args_.limit));
    const auto code = settled_code(now);
    // One JSON document is an answer; several are a stream, which is what jsonl is for.
    if (code || ctx_.settings.format != Format::json) print();
    return code;
  }

  /// What was seen last, when the time is over.
  void give_up() {
    if (ctx_.settings.format == Format::json && count_.source != firmware::Source::none) print();
  }

 private:
  /// How the watch ends now, or nullopt.
  std::optional<ExitCode> settled_code(Time now) {
    const std::optional<ExitCode> unfinished = args_.once ? std::optional(ExitCode::pending) : std::nullopt;
    if (args_.until_version.empty()) return args_.once ? std::optional(ExitCode::ok) : std::nullopt;
    if (!args_.once && !observer_.may_be_over(now, count_.devices)) return unfinished;
    firmware::Settlement settlement = observer_.settle(now);
    take(settlement, now);
    for (const DeviceState& device : settlement.others) {
      if (device.verdict.final) continue;
      observer_.not_over(now, settlement.others);
      return unfinished;
    }
    shown_ = std::move(settlement.others);
    return count_.devices == 0 ? ExitCode::job_failed : code_for(settlement.applied, count_.devices);
  }

  /// The exact numbers in place of those of the query.
  void take(const firmware::Settlement& settlement, Time now) {
    firmware::FleetCount exact;
    exact.source = firmware::Source::twins;
    exact.as_of = now;
    exact.devices = settlement.applied;
    if (settlement.applied > 0) exact.verdicts[VerdictKind::applied] = settlement.applied;
    for (const DeviceState& device : settlement.others) exact.add(device.evidence, device.verdict.kind, 1);
    exact.versions = count_.versions;
    count_ = std::move(exact);
  }

  void print() {
    const Format format = ctx_.settings.format;
    if (format == Format::table) return print_text();
    if (format == Format::tsv) return write_tsv(ctx_.out, device_columns(), device_rows(shown_), true);
    Json document = new_document();
    document["asOf"] = format_iso8601(ctx_.clock.now());
    document["where"] = args_.where;
    document["devices"] = count_.devices;
    put_count(document, count_);
    document["devicesShown"] = device_rows(shown_);
    put_budget(document, ctx_.budget());
    print_document(ctx_, document, {});
  }

  void print_text() {
    ctx_.out << format_iso8601_millis(count_.as_of) << "  " << count_.devices << " devices: " << count_text(count_)
             << '\n';
    if (!shown_.empty()) TableWriter(device_columns()).write(ctx_.out, device_rows(shown_));
    if (!args_.once && !shown_.empty()) ctx_.out << '\n';
    ctx_.out.flush();
  }

  Context& ctx_;
  const Args& args_;
  firmware::FleetObserver observer_;
  firmware::FleetCount count_;
  std::vector<DeviceState> shown_;
};

/// A line for every device, however many there are, as pages come in.
ExitCode list_devices(const Args& args, Context& ctx) {
  List list(ctx, {"devices", "device"}, device_columns());
  const firmware::Question question{args.until_version, std::nullopt, ctx.clock.now(), device_timeout(args)};
  int pending = 0;
  firmware::read_fleet(ctx.hub(), args.where, question, [&](const DeviceState& device) {
    list.add(device_json(device));
    if (++pending % 100 == 0) list.flush();
  });
  list.end("no devices");
  return ExitCode::ok;
}

void check(const Args& args, const Context& ctx) {
  const bool endless = !args.once && args.until_version.empty();
  if (args.devices && (!args.once || !args.until_version.empty())) {
    throw UsageError("--devices lists the fleet once", "say --devices --once, without --until-version");
  }
  if (endless && ctx.settings.format == Format::json) {
    throw UsageError("-o json is one document, and this watch has no end", "use -o jsonl, or --once");
  }
}

ExitCode run(const Args& args, Context& ctx) {
  check(args, ctx);
  if (args.devices) return list_devices(args, ctx);
  if (args.once) return *StatusWatch(ctx, args).look();
  ctx.budget().pace();
  StatusWatch status(ctx, args);
  const std::string resume =
      "fwctl status" + (args.until_version.empty() ? "" : " --until-version " + args.until_version);
  try {
    return watch(ctx, {args.interval, "the fleet is not there yet", resume}, [&] { return status.look(); });
  } catch (const DeadlinePassed&) {
    status.give_up();
    throw;
  }
}

}  // namespace

Command status() {
  return {"status", "Show what the fleet reports of its firmware, every five seconds",
          "fwctl status --once\nfwctl status --until-version 2.8.5 --timeout 2h\n"
          "fwctl status --once -o json | jq .verdicts\nfwctl status --once --devices -o jsonl > fleet.jsonl",
          [](Options& options) -> Run {
            auto args = std::make_shared<Args>();
            options.text({"--where", "COND", "Which devices (tags.devicetype='chiller')"}, args->where);
            options.text({"--until-version", "V", "Wait until every device runs it, and exit like monitor"},
                         args->until_version);
            options.toggle("--once", args->once, "Look once");
            options.toggle("--devices", args->devices, "With --once: a line for every device instead of the summary");
            options.duration({"--interval", "DURATION", "How often to look (5s)"}, args->interval);
            options.duration({"--device-timeout", "DURATION",
                              "A device without any change for so long is stuck, or offline for good (15m)"},
                             args->device_timeout);
            options.number({"--limit", "N",
                            "Lines of single devices in each look (20): all of a small fleet, those that failed of a "
                            "large one"},
                           args->limit, 0, 1000);
            return [args](Context& ctx) { return run(*args, ctx); };
          }};
}

}  // namespace fwctl::cli
