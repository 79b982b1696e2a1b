#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "fwctl/base/clock.hpp"
#include "fwctl/firmware/contract.hpp"

namespace fwctl::firmware {

/// What a device's twin says of its firmware, and when each side was written: `$metadata.firmware.$lastUpdated`.
struct Evidence {
  std::string device_id;
  std::optional<Desired> desired;
  std::optional<Time> desired_at;
  std::optional<Reported> reported;
  std::optional<Time> reported_at;
  bool connected = false;
  std::optional<Time> last_activity;  // nullopt: never
  bool disabled = false;              // the hub lets it in no more
  bool seen = true;                   // false: nobody has read its twin
};

/// Reads a whole twin, as GET /twins/{id} and `SELECT *` give it. What is absent or malformed in it is absent here.
/// Throws iothub::ProtocolError when it is no twin at all.
Evidence read_evidence(const std::string& twin_document);

/// How a device stands towards the firmware that is wanted of it.
enum class VerdictKind {
  applied,       // runs it, and said so after it was asked
  in_progress,   // on the way: see the phase
  failed,        // reported an error
  rolled_back,   // is back on what it ran before
  not_started,   // was asked, and has not reported since
  stuck,         // connected, but no change for the device time-out
  offline,       // disconnected and not finished; not a failure of the device's
  write_failed,  // the job could not write its twin
  untouched,     // nothing, or something else, is wanted of it
};
std::string_view to_text(VerdictKind kind);

struct Verdict {
  VerdictKind kind = VerdictKind::untouched;
  std::optional<Status> phase;  // what it last reported, when that counts
  std::string reason;           // for people: the sub-status, the write error, …
  std::optional<Time> since;    // of the evidence that decided
  /// Nothing more is to be expected, unless something changes that was not changing: applied, failed, rolled back and
  /// write failed; stuck; offline when nothing changed for the device time-out.
  bool final = false;
  bool operator==(const Verdict&) const = default;
};

struct Question {
  std::string version;                     // wanted; empty: whatever the twin's desired section wants
  std::optional<std::string> write_error;  // of the device's row in the job
  Time now;
  std::chrono::seconds device_timeout{15 * 60};  // without a change for so long, a device is stuck
  std::optional<Time> asked_since{};             // a wish from before is not the one that is asked about
};

/// The verdict, a function of what it is given and nothing else. A report from before the desired write never counts.
///
///   write error given                                → write_failed
///   desired absent, of another version, or too old   → untouched
///   reported after desired: current, the version     → applied
///                           error                    → failed       (both: unless another version is
///                           rolledback               → rolled_back   pending: then in_progress)
///                           any other                → in_progress, or not_started while it says nothing of the
///                           version
///   not reported since                               → not_started
///   the last two, disconnected                       → offline
///   the last two, unchanged for the device time-out  → stuck
Verdict judge(const Evidence& evidence, const Question& question);

/// Whether the device's wish is none, or from before the one that is asked about.
bool was_not_asked_since(const Evidence& evidence, const Question& question);

/// When an unfinished device, left as it is, will be stuck.
Time deadline_of(const Evidence& evidence, const Question& question);

}  // namespace fwctl::firmware
