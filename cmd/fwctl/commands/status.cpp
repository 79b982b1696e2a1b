#include <ostream>

#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/fleet.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "cmd/fwctl/commands/status_watch.hpp"
#include "cmd/fwctl/commands/watch.hpp"
#include "cmd/fwctl/errors.hpp"
#include "fwctl/base/duration.hpp"
#include "fwctl/base/error.hpp"

namespace fwctl::cli {
namespace {

using firmware::DeviceState;

/// As a shell takes it for one word.
std::string shell_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

/// A line for every device, however many there are, as pages come in.
ExitCode list_devices(const StatusArgs& args, Context& ctx) {
  List list(ctx, {"devices", "device"}, device_columns());
  int pending = 0;
  firmware::read_fleet(ctx.hub(), fleet_of(args), [&](const DeviceState& device) {
    list.add(device_json(device));
    if (++pending % 100 == 0) list.flush();
  });
  list.end("no devices");
  return ExitCode::ok;
}

void check(const StatusArgs& args, const Context& ctx) {
  if (args.devices && args.limit) throw UsageError("--limit is for the summary; --devices lists all");
  const bool endless = !args.once && args.until_version.empty();
  if (args.devices && (!args.once || !args.until_version.empty())) {
    throw UsageError("--devices lists the fleet once", "say --devices --once, without --until-version");
  }
  if (endless && ctx.settings.format == Format::json) {
    throw UsageError("-o json is one document, and this watch has no end", "use -o jsonl, or --once");
  }
}

ExitCode run(const StatusArgs& args, Context& ctx) {
  check(args, ctx);
  if (args.devices) return list_devices(args, ctx);
  if (args.once) return *StatusWatch(ctx, args).look();
  ctx.budget().pace();
  StatusWatch status(ctx, args);
  std::string resume = "fwctl status";
  if (args.where != firmware::default_condition) resume += " --where " + shell_quoted(args.where);
  if (!args.until_version.empty()) resume += " --until-version " + shell_quoted(args.until_version);
  if (args.device_timeout != StatusArgs{}.device_timeout) {
    resume += " --device-timeout " + duration_argument(args.device_timeout);
  }
  try {
    return watch(
        ctx, {args.interval, args.until_version.empty() ? "--timeout passed" : "the fleet is not there yet", resume},
        [&] { return status.look(); });
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
            auto args = std::make_shared<StatusArgs>();
            options.text({"--where", "COND", "Which devices (tags.devicetype='chiller')"}, args->where);
            options.text({"--until-version", "V",
                          "Wait until every device runs it, as it is wanted of each, and exit like monitor"},
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
