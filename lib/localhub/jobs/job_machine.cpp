#include "lib/localhub/jobs/job_machine.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "fwctl/base/error.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::array<std::pair<JobState, std::string_view>, 6> words{{{JobState::queued, "queued"},
                                                                      {JobState::scheduled, "scheduled"},
                                                                      {JobState::running, "running"},
                                                                      {JobState::completed, "completed"},
                                                                      {JobState::failed, "failed"},
                                                                      {JobState::cancelled, "cancelled"}}};

std::optional<JobState> from_waiting(JobEvent event) {
  switch (event) {
    case JobEvent::started:
      return JobState::running;
    case JobEvent::bad_condition:
      return JobState::failed;
    case JobEvent::cancel:
      return JobState::cancelled;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<JobState> next_state(JobState state, JobEvent event) {
  if (state == JobState::queued || state == JobState::scheduled) return from_waiting(event);
  const bool ends = event == JobEvent::all_done || event == JobEvent::timed_out;
  if (state == JobState::running && ends) return JobState::completed;
  return std::nullopt;
}

JobState first_state(bool start_lies_ahead) { return start_lies_ahead ? JobState::scheduled : JobState::queued; }

std::string_view to_text(JobState state) {
  return std::find_if(words.begin(), words.end(), [&](const auto& word) { return word.first == state; })->second;
}

JobState job_state_from_text(std::string_view text) {
  const auto found = std::find_if(words.begin(), words.end(), [&](const auto& word) { return word.second == text; });
  if (found == words.end()) throw Error("the store holds a job in an unknown state: " + std::string(text));
  return found->first;
}

bool is_terminal(JobState state) {
  return state == JobState::completed || state == JobState::failed || state == JobState::cancelled;
}

}  // namespace fwctl::localhub
