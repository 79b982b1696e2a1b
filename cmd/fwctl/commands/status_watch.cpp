#include "cmd/fwctl/commands/status_watch.hpp"

#include <fmt/format.h>

#include <ostream>
#include <sstream>
#include <utility>

#include "cmd/fwctl/commands/fleet.hpp"
#include "cmd/fwctl/output/text.hpp"
#include "fwctl/base/iso8601.hpp"

namespace fwctl::cli {
namespace {

using Json = nlohmann::ordered_json;
using firmware::DeviceState;

/// What of a device is worth a line when it changes.
std::string state_text(const DeviceState& device) {
  const Json json = device_json(device);
  return to_json_text({json["verdict"], json["reason"], json["desiredFwVersion"], json["reported"]});
}

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

firmware::FleetQuestion fleet_of(const StatusArgs& args) {
  return {args.where, args.until_version, std::chrono::duration_cast<std::chrono::seconds>(args.device_timeout), {}};
}

StatusWatch::StatusWatch(Context& ctx, const StatusArgs& args)
    : ctx_(ctx),
      args_(args),
      observer_(ctx.hub(), ctx.budget(), fleet_of(args)),
      changes_(ctx.clock),
      progress_(ctx),
      table_(device_columns()) {
  if (args.once || ctx.settings.format != Format::table) return;
  if (ctx.animates_out()) {
    board_.emplace(ctx, ctx.out, [this] { return board(); });
  } else {
    heartbeat_.emplace(ctx, [this] { print_change(); });
  }
}

std::optional<ExitCode> StatusWatch::look() {
  observer_.look();
  count_ = observer_.count();
  progress_.saw(count_);
  observer_.new_failures(args_.limit.value_or(most_devices));
  shown_ = observer_.devices().empty() ? observer_.troubled() : observer_.devices();
  const auto code = settled_code();
  limit_shown();
  if (code) {
    print_last();
  } else if (ctx_.settings.format != Format::json) {  // one document is an answer; several are a stream
    print();
  }
  return code;
}

void StatusWatch::limit_shown() {
  const auto most = static_cast<std::size_t>(args_.limit.value_or(most_devices));
  unshown_ = shown_.size() > most ? shown_.size() - most : 0;
  shown_.resize(shown_.size() - unshown_);
}

void StatusWatch::give_up() {
  const bool untold = board_ || ctx_.settings.format == Format::json;
  if (untold && count_.source != firmware::Source::none) print_last();
}

std::optional<ExitCode> StatusWatch::settled_code() {
  const std::optional<ExitCode> unfinished = args_.once ? std::optional(ExitCode::pending) : std::nullopt;
  if (args_.until_version.empty()) return args_.once ? std::optional(ExitCode::ok) : std::nullopt;
  const bool due = args_.once ? observer_.may_be_over_at_once(count_.devices) : observer_.may_be_over(count_.devices);
  if (!due) return unfinished;
  firmware::Settlement settlement = observer_.settle_surely();
  count_ = exact_count(settlement, args_.until_version, ctx_.hub().now());
  for (const DeviceState& device : settlement.others) {
    if (device.verdict.final) continue;
    observer_.not_over(settlement.others);
    return unfinished;
  }
  shown_ = std::move(settlement.others);
  if (count_.devices == 0) ctx_.notice(fmt::format("no device matches: {}", args_.where));
  return count_.devices == 0 ? ExitCode::job_failed : code_for(settlement.applied, count_.devices);
}

Board StatusWatch::board() const {
  Board board =
      progress_.board(fmt::format("{} devices of {}", count_.devices, printable(args_.where)), count_.devices);
  if (shown_.empty()) return board;
  std::ostringstream rows;
  TableWriter(device_columns()).write(rows, device_rows(shown_));
  board.rows = split_lines(rows.str());
  return board;
}

void StatusWatch::print() {
  if (board_) return board_->draw();
  if (ctx_.settings.format == Format::table) return print_changes();
  if (ctx_.settings.format == Format::tsv) return print_tsv();
  print_document(ctx_, document(), {});
}

/// On a terminal, too, the last one is there to stay.
void StatusWatch::print_last() {
  if (board_) board_->erase();
  if (ctx_.settings.format != Format::table) return print();
  print_summary(count_text(count_));
  if (!shown_.empty()) TableWriter(device_columns()).write(ctx_.out, device_rows(shown_));
  if (unshown_ > 0) ctx_.notice(fmt::format("{} more devices are not shown; --limit shows more", unshown_));
}

Json StatusWatch::document() const {
  Json document = new_document();
  document["asOf"] = format_iso8601(ctx_.hub().now());
  document["where"] = args_.where;
  document["devices"] = count_.devices;
  put_count(document, count_);
  document["devicesShown"] = device_rows(shown_);
  put_budget(document, ctx_.budget());
  return document;
}

void StatusWatch::print_tsv() {
  write_tsv(ctx_.out, device_columns(), device_rows(shown_), /*titles=*/!std::exchange(titled_, true));
  ctx_.out.flush();
}

void StatusWatch::print_change() {
  if (count_.source == firmware::Source::none) return;
  if (const auto text = changes_.to_tell(count_text(count_))) print_summary(*text);
  ctx_.out.flush();
}

/// A line for each change of the fleet, and of each device that is shown.
void StatusWatch::print_changes() {
  print_change();
  std::vector<Json> changed;
  for (const DeviceState& device : shown_) {
    if (std::exchange(told_[device.evidence.device_id], state_text(device)) != state_text(device)) {
      changed.push_back(device_json(device));
    }
  }
  if (!changed.empty()) table_.write(ctx_.out, changed);
  ctx_.out.flush();
}

void StatusWatch::print_summary(const std::string& text) {
  ctx_.out << format_iso8601_millis(count_.as_of) << "  " << count_.devices << " devices: " << text << '\n';
}

}  // namespace fwctl::cli
