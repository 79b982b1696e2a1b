#pragma once

#include <optional>
#include <string_view>

namespace fwctl::localhub {

/// The words of the wire at job level; `cancelled` has two l.
enum class JobState { queued, scheduled, running, completed, failed, cancelled };

enum class JobEvent {
  started,        // its time has come and its targets are known
  bad_condition,  // its time has come and the condition can't be read
  all_done,       // every target has its row, whatever became of it
  timed_out,      // the longest execution time is over; what was not reached failed
  cancel,
};

/// The life of a job, whole:
///
///              started   bad_condition   all_done    timed_out   cancel
///   queued     running   failed          -           -           cancelled
///   scheduled  running   failed          -           -           cancelled
///   running    -         -               completed   completed   -
///   completed, failed, cancelled: nothing moves them
///
/// A device that fails never fails its job. nullopt: the event can't happen in this state (405 for a cancel).
std::optional<JobState> next_state(JobState state, JobEvent event);

/// queued until started, scheduled when the start lies ahead.
JobState first_state(bool start_lies_ahead);

std::string_view to_text(JobState state);
JobState job_state_from_text(std::string_view text);
bool is_terminal(JobState state);

}  // namespace fwctl::localhub
