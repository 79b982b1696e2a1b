#include "fwctl/device/update_machine.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "fwctl/base/iso8601.hpp"

namespace fwctl::device {
namespace {

using firmware::Status;
using nlohmann::json;
using std::chrono::milliseconds;

struct PhaseTexts {
  const char* start;
  const char* finished;
};

PhaseTexts texts(Status phase) {
  switch (phase) {
    case Status::downloading:
      return {"Start downloading", "Finished downloading"};
    case Status::verifying:
      return {"Start verifying download", "Finished verifying download"};
    case Status::applying:
      return {"Start applying image", "Finished applying image"};
    default:
      return {"Start reboot", "Finished reboot"};
  }
}

std::string announcement(Status phase, const firmware::Desired& target) {
  switch (phase) {
    case Status::downloading:
      return "Simulating image download from: " + target.package_uri;
    case Status::verifying:
      return "Simulating image verification using checksum: " + target.check_value;
    case Status::applying:
      return "Simulating applying image";
    default:
      return "Simulating reboot phase";
  }
}

constexpr const char* image = "[Fake firmware image data]";

std::string text_of(const json& document, int indent = -1) {
  return document.dump(indent, ' ', false, json::error_handler_t::replace);
}

}  // namespace

UpdateMachine::UpdateMachine(UpdateState state, UpdateSettings settings)
    : state_(std::move(state)), settings_(std::move(settings)) {}

Actions UpdateMachine::started(Time now) {
  if (!state_.updating()) return take();
  const Status phase = state_.reported.status;
  if (phase == Status::error) {
    say("Restarted before the roll-back to " + state_.reported.current_version);
    actions_.emplace_back(StartTimer{settings_.roll_back});
  } else if (phase == Status::applying || phase == Status::rebooting) {
    say(fmt::format("Restarted while {}: rolling back to {}", to_text(phase), state_.reported.current_version));
    fail(fmt::format("Interrupted by a restart while {}", to_text(phase)));
  } else {
    say(fmt::format("Restarted while {}: beginning the update to {} again", to_text(phase), state_.target.version));
    begin(firmware::Desired(state_.target), now);
  }
  return take();
}

Actions UpdateMachine::connected(const json& firmware, std::int64_t version, Time now) {
  online_ = true;
  in_flight_ = false;
  unsent_.clear();
  if (!std::exchange(introduced_, true)) say("\nCurrent firmware version: " + state_.reported.current_version);
  send(text_of(firmware::reported_patch(state_.reported)));
  consider(firmware, version, now);
  return take();
}

void UpdateMachine::disconnected() {
  online_ = false;
  in_flight_ = false;
  unsent_.clear();
}

Actions UpdateMachine::desired(const json& firmware, std::int64_t version, Time now) {
  consider(firmware, version, now);
  return take();
}

Actions UpdateMachine::timer_elapsed(Time now) {
  if (!state_.updating()) return {};
  if (state_.reported.status == Status::error) {
    roll_back(now);
  } else {
    leave(state_.reported.status, now);
  }
  return take();
}

Actions UpdateMachine::report_answered() {
  in_flight_ = false;
  if (!unsent_.empty()) {
    std::string patch = std::move(unsent_.front());
    unsent_.pop_front();
    send(std::move(patch));
  }
  return take();
}

UpdateMachine::Wish UpdateMachine::read_wish(const json& firmware, std::int64_t version) {
  const auto desired = firmware::desired_from_json(firmware);
  if (!desired) return {{}, "Desired firmware names no version", version};
  if (desired->package_uri.empty()) return {*desired, "Desired firmware names no package URI", version};
  if (!firmware::is_https_uri(desired->package_uri)) return {*desired, "Insecure package URI", version};
  return {*desired, {}, version};
}

void UpdateMachine::consider(const json& firmware, std::int64_t version, Time now) {
  if (version == state_.handled || (waiting_ && version == waiting_->version)) return;
  if (firmware.is_null()) return;
  Wish wish = read_wish(firmware, version);
  if (!state_.updating()) return decide(wish, now);
  if (wish.problem.empty() && wish.desired == state_.target) {
    state_.handled = version;
    waiting_.reset();
    return save();
  }
  waiting_ = std::move(wish);
  note(state_.reported.status, "Firmware update already running");
}

void UpdateMachine::decide(const Wish& wish, Time now) {
  state_.handled = wish.version;
  if (!wish.desired.version.empty() && wish.desired.version == state_.reported.current_version) {
    note(Status::current, "Firmware already up to date");
  } else if (!wish.problem.empty()) {
    say("Firmware update refused: " + wish.problem, true);
    note(Status::error, wish.problem);
  } else {
    begin(wish.desired, now);
  }
  save();
}

void UpdateMachine::begin(const firmware::Desired& target, Time now) {
  say("Starting firmware update flow using this data:\n" + text_of(firmware::to_json(target), 2));
  const firmware::Reported before = state_.reported;
  state_.target = target;
  state_.reported.pending_version = target.version;
  state_.reported.status = Status::current;
  state_.reported.substatus.clear();
  state_.reported.last_start_time = format_iso8601_millis(now);
  report(before);
  enter(Status::downloading);
}

void UpdateMachine::enter(Status phase) {
  say(announcement(phase, state_.target));
  note(phase, texts(phase).start);
  start_phase_timer(phase);
  save();
  if (misbehaves(Misbehaviour::vanish, phase)) actions_.emplace_back(GoOffline{settings_.absence});
}

void UpdateMachine::start_phase_timer(Status phase) {
  if (!misbehaves(Misbehaviour::hang, phase)) actions_.emplace_back(StartTimer{duration(phase)});
}

void UpdateMachine::leave(Status phase, Time now) {
  const bool verified = !state_.target.check_value.empty() && settings_.misbehaviour != Misbehaviour::fail;
  if (phase == Status::verifying && !verified) return fail("Image verification failed");
  if (phase == Status::downloading) say(fmt::format("Downloaded image data: {}", image));
  if (phase == Status::applying) say(fmt::format("Applied image data: {}", image));
  note(phase, texts(phase).finished);
  switch (phase) {
    case Status::downloading:
      return enter(Status::verifying);
    case Status::verifying:
      return enter(Status::applying);
    case Status::applying:
      return enter(Status::rebooting);
    default:
      return finish(now);
  }
}

void UpdateMachine::fail(const std::string& reason) {
  say("Error occurred in firmwareUpdate flow: " + reason, true);
  note(Status::error, reason);
  actions_.emplace_back(StartTimer{settings_.roll_back});
  save();
}

void UpdateMachine::finish(Time now) {
  const firmware::Reported before = state_.reported;
  if (settings_.misbehaviour != Misbehaviour::lie) state_.reported.current_version = state_.target.version;
  say("Completed firmwareUpdate flow. New version: " + state_.target.version);
  state_.reported.pending_version.clear();
  state_.reported.status = Status::current;
  state_.reported.substatus.clear();
  state_.reported.last_end_time = format_iso8601_millis(now);
  report(before);
  save();
  decide_waiting(now);
}

void UpdateMachine::roll_back(Time now) {
  const firmware::Reported before = state_.reported;
  say("Simulate rolling back update due to error");
  state_.reported.pending_version.clear();
  state_.reported.status = Status::rolled_back;
  state_.reported.substatus = "Rolled back to: " + state_.reported.current_version;
  state_.reported.last_end_time = format_iso8601_millis(now);
  report(before);
  save();
  decide_waiting(now);
}

void UpdateMachine::decide_waiting(Time now) {
  if (!waiting_) return;
  const Wish wish = *std::exchange(waiting_, std::nullopt);
  decide(wish, now);
}

milliseconds UpdateMachine::duration(Status phase) const {
  switch (phase) {
    case Status::downloading:
      return settings_.download;
    case Status::verifying:
      return settings_.verify;
    case Status::applying:
      return settings_.apply;
    default:
      return settings_.reboot;
  }
}

bool UpdateMachine::misbehaves(Misbehaviour how, Status phase) const {
  return settings_.misbehaviour == how && settings_.phase == phase;
}

void UpdateMachine::note(Status status, std::string substatus) {
  const firmware::Reported before = state_.reported;
  state_.reported.status = status;
  state_.reported.substatus = std::move(substatus);
  report(before);
}

void UpdateMachine::report(const firmware::Reported& before) {
  send(text_of(firmware::reported_patch(before, state_.reported)));
}

void UpdateMachine::send(std::string patch) {
  if (!online_) return;
  if (in_flight_) {
    unsent_.push_back(std::move(patch));
    return;
  }
  in_flight_ = true;
  actions_.emplace_back(SendReport{std::move(patch)});
}

}  // namespace fwctl::device
