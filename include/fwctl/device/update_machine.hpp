#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fwctl/base/clock.hpp"
#include "fwctl/firmware/contract.hpp"

namespace fwctl::device {

/// What a device knows of itself and keeps over a restart. An update is under way while `reported.pending_version`
/// is not empty; `reported.status` then says in which phase.
struct UpdateState {
  firmware::Reported reported;  // reported.current_version is what the device runs
  firmware::Desired target;     // the update under way
  std::int64_t handled = 0;     // $version of the desired section that was last decided upon

  bool updating() const { return !reported.pending_version.empty(); }
};

nlohmann::json to_json(const UpdateState& state);
/// nullopt: not a document that to_json wrote.
std::optional<UpdateState> update_state_from_json(const nlohmann::json& document);

/// A device that misbehaves does so in every update.
enum class Misbehaviour {
  none,
  fail,    // the image does not verify: `error`, then `rolledback`
  hang,    // `phase` starts and never ends
  lie,     // goes through all phases and reports `current` with an end time, but still runs the old version
  vanish,  // `phase` starts, and the connection is gone: for `absence`, or for good
};

struct UpdateSettings {
  std::chrono::milliseconds download{30'000};
  std::chrono::milliseconds verify{10'000};
  std::chrono::milliseconds apply{30'000};
  std::chrono::milliseconds reboot{40'000};
  std::chrono::milliseconds roll_back{5'000};

  Misbehaviour misbehaviour = Misbehaviour::none;
  firmware::Status phase = firmware::Status::applying;              // where it hangs or vanishes
  std::optional<std::chrono::milliseconds> absence = std::nullopt;  // nullopt: never comes back

  /// Every duration divided by `factor`, which is above 0.
  UpdateSettings scaled(double factor) const;
};

/// What the machine wants done, in order.
struct SendReport {
  std::string patch;  // {"firmware":{…}}, a reported patch; its answer comes back as report_answered()
};
struct StartTimer {
  std::chrono::milliseconds duration;  // then timer_elapsed(); there is never more than one
};
struct GoOffline {
  std::optional<std::chrono::milliseconds> duration;  // nullopt: for good
};
struct SaveState {};  // state() changed in a way that a restart must know
struct Say {
  std::string text;  // what the tutorial's device prints; may have several lines
  bool error = false;
};
using Action = std::variant<SendReport, StartTimer, GoOffline, SaveState, Say>;
using Actions = std::vector<Action>;

/// The firmware update of the tutorial's device, without its defects. Pure: no time, no connection, no output.
///
///   state        | wish: same    | wish: other            | timer                       | restart
///   -------------+---------------+------------------------+-----------------------------+----------------------------
///   current,     | note (1)      | start downloading, or  | -                           | -
///   error (2),   |               | error (2)              |                             |
///   rolledback   |               |                        |                             |
///   downloading  | wait (3)      | wait (3)               | verifying                   | downloads again
///   verifying    | wait (3)      | wait (3)               | applying, or error (4)      | downloads again
///   applying     | wait (3)      | wait (3)               | rebooting                   | error: interrupted
///   rebooting    | wait (3)      | wait (3)               | current, on the new version | error: interrupted
///   error, in an | wait (3)      | wait (3)               | rolledback                  | waits for the roll-back anew
///   update       |               |                        |                             |
///
///   (1) `current` / `Firmware already up to date`.
///   (2) A wish that cannot be carried out: no text as fwVersion or fwPackageURI, or a URI other than https. `error`
///   with
///       the reason; nothing has started, so nothing is rolled back. Deleting the wish is ignored.
///   (3) The newest wish waits until this update has ended and is looked at then; the running status stays, the note
///       `Firmware update already running` goes into the sub-status. The wish that is being carried out is no news.
///   (4) Nothing is really downloaded, so there is no image to compare with: only an empty fwPackageCheckValue fails
///       here with `Image verification failed`, as does a device told to misbehave. Downgrades are carried out.
///
/// Reports are sent one at a time: the next one waits for the answer to the last. Without a connection none is sent;
/// each new connection begins with the complete state, which makes up for whatever was lost.
class UpdateMachine {
 public:
  UpdateMachine(UpdateState state, UpdateSettings settings);

  /// Once, before anything else: takes up an update that a restart interrupted.
  Actions started(Time now);
  /// The twin was read after connecting. `firmware` is desired.firmware, null when there is none.
  Actions connected(const nlohmann::json& firmware, std::int64_t version, Time now);
  void disconnected();
  /// desired.firmware was written. `version` is the section's.
  Actions desired(const nlohmann::json& firmware, std::int64_t version, Time now);
  Actions timer_elapsed(Time now);
  /// Whether the hub took the report does not matter here: repeating a refused one would not help.
  Actions report_answered();

  const UpdateState& state() const { return state_; }

 private:
  struct Wish {
    firmware::Desired desired;
    std::string problem;  // not empty: why it cannot be carried out
    std::int64_t version = 0;
  };
  static Wish read_wish(const nlohmann::json& firmware, std::int64_t version);

  void consider(const nlohmann::json& firmware, std::int64_t version, Time now);
  void decide(const Wish& wish, Time now);
  void begin(const firmware::Desired& target, Time now);
  void enter(firmware::Status phase);
  void start_phase_timer(firmware::Status phase);
  void leave(firmware::Status phase, Time now);
  void fail(const std::string& reason);
  void finish(Time now);
  void roll_back(Time now);
  void decide_waiting(Time now);

  std::chrono::milliseconds duration(firmware::Status phase) const;
  bool misbehaves(Misbehaviour how, firmware::Status phase) const;
  void note(firmware::Status status, std::string substatus);
  void report(const firmware::Reported& before);
  void send(std::string patch);
  void save() { actions_.emplace_back(SaveState{}); }
  void say(std::string text, bool error = false) { actions_.emplace_back(Say{std::move(text), error}); }
  Actions take() { return std::exchange(actions_, {}); }

  UpdateState state_;
  UpdateSettings settings_;
  std::optional<Wish> waiting_;
  std::deque<std::string> unsent_;
  bool introduced_ = false;
  bool online_ = false;
  bool in_flight_ = false;
  Actions actions_;
};

}  // namespace fwctl::device
