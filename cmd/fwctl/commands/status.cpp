#include <fmt/format.h>

#include <ostream>

#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/fleet.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "cmd/fwctl/commands/watch.hpp"
#include "fwctl/base/error.hpp"
#include "fwctl/base/iso8601.hpp"

namespace fwctl::cli {
namespace {

using Json = nlohmann::ordered_json;
using firmware::VerdictKind;

struct Args {
  std::string where{firmware::default_condition};
  std::string until_version;
  std::chrono::milliseconds interval{5'000};
  std::chrono::milliseconds device_timeout{15 * 60'000};
  std::optional<int> limit;
  bool once = false;
};

/// The fleet at one moment.
struct Fleet {
  firmware::Counts counts;
  std::map<std::string, std::int64_t> versions;  // what devices say they run
  std::int64_t devices = 0;
  bool settled = true;
  std::vector<Json> shown;
};

class StatusWatch {
 public:
  StatusWatch(Context& ctx, const Args& args) : ctx_(ctx), args_(args) {}

  std::optional<ExitCode> look() {
    const Fleet fleet = read();
    const auto code = code_of(fleet);
    // One JSON document is an answer; several are a stream, which is what jsonl is for.
    if (code || ctx_.settings.format != Format::json) print(fleet);
    return code;
  }

 private:
  Fleet read() {
    Fleet fleet;
    const auto timeout = std::chrono::duration_cast<std::chrono::seconds>(args_.device_timeout);
    const firmware::Question question{args_.until_version, std::nullopt, ctx_.clock.now(), timeout};
    firmware::read_fleet(ctx_.hub(), args_.where, question,
                         [&](const firmware::DeviceState& device) { take(fleet, device); });
    return fleet;
  }

  void take(Fleet& fleet, const firmware::DeviceState& device) const {
    ++fleet.devices;
    ++fleet.counts[device.verdict.kind];
    fleet.settled &= device.verdict.final;
    if (device.evidence.reported) ++fleet.versions[device.evidence.reported->current_version];
    if (static_cast<int>(fleet.shown.size()) < args_.limit.value_or(most_rows))
      fleet.shown.push_back(device_json(device));
  }

  /// How the watch ends now, or nullopt.
  std::optional<ExitCode> code_of(const Fleet& fleet) const {
    if (args_.until_version.empty()) return args_.once ? std::optional(ExitCode::ok) : std::nullopt;
    if (fleet.settled) return code_for_settled(fleet);
    return args_.once ? std::optional(ExitCode::pending) : std::nullopt;
  }

  static ExitCode code_for_settled(const Fleet& fleet) {
    const std::int64_t applied = count_of(fleet.counts, VerdictKind::applied);
    if (fleet.devices > 0 && applied == fleet.devices) return ExitCode::ok;
    return applied == 0 ? ExitCode::job_failed : ExitCode::some_failed;
  }

  void print(const Fleet& fleet) {
    if (ctx_.settings.format == Format::table || ctx_.settings.format == Format::tsv) return print_rows(fleet);
    Json document = new_document();
    document["asOf"] = format_iso8601(ctx_.clock.now());
    document["where"] = args_.where;
    document["devices"] = fleet.devices;
    document["verdicts"] = counts_json(fleet.counts);
    document["versions"] = fleet.versions;
    document["devicesShown"] = fleet.shown;
    print_document(ctx_, document, {});
    ctx_.out.flush();
  }

  void print_rows(const Fleet& fleet) {
    if (ctx_.settings.format == Format::tsv) return write_tsv(ctx_.out, device_columns(), fleet.shown, true);
    ctx_.out << format_iso8601_millis(ctx_.clock.now()) << "  " << fleet.devices
             << " devices: " << counts_text(fleet.counts) << '\n';
    if (!fleet.shown.empty()) TableWriter(device_columns()).write(ctx_.out, fleet.shown);
    if (!args_.once) ctx_.out << '\n';
    ctx_.out.flush();
  }

  Context& ctx_;
  const Args& args_;
};

ExitCode run(const Args& args, Context& ctx) {
  const bool endless = !args.once && args.until_version.empty();
  if (endless && ctx.settings.format == Format::json) {
    throw UsageError("-o json is one document, and this watch has no end", "use -o jsonl, or --once");
  }
  if (args.once) return *StatusWatch(ctx, args).look();
  StatusWatch status(ctx, args);
  const std::string resume =
      "fwctl status" + (args.until_version.empty() ? "" : " --until-version " + args.until_version);
  const WatchPlan plan{args.interval, "the fleet is not there yet", resume};
  return watch(ctx, plan, [&] { return status.look(); });
}

}  // namespace

Command status() {
  return {"status", "Show what the fleet reports of its firmware, every five seconds",
          "fwctl status --once\nfwctl status --until-version 2.8.5 --timeout 2h\n"
          "fwctl status --once -o json | jq .verdicts",
          [](Options& options) -> Run {
            auto args = std::make_shared<Args>();
            options.text({"--where", "COND", "Which devices (tags.devicetype='chiller')"}, args->where);
            options.text({"--until-version", "V", "Wait until every device runs it, and exit like monitor"},
                         args->until_version);
            options.toggle("--once", args->once, "Look once");
            options.duration({"--interval", "DURATION", "How often to look (5s)"}, args->interval);
            options.duration({"--device-timeout", "DURATION",
                              "A device without any change for so long is stuck, or offline for good (15m)"},
                             args->device_timeout);
            options.number({"--limit", "N", "Show so many devices; all are counted"}, args->limit, 0, most_rows);
            return [args](Context& ctx) { return run(*args, ctx); };
          }};
}

}  // namespace fwctl::cli
