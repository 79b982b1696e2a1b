#include "fwctl/firmware/verdict.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

namespace fwctl::firmware {
namespace {

constexpr std::array<std::pair<VerdictKind, std::string_view>, 9> words{{{VerdictKind::applied, "applied"},
                                                                         {VerdictKind::in_progress, "in_progress"},
                                                                         {VerdictKind::failed, "failed"},
                                                                         {VerdictKind::rolled_back, "rolled_back"},
                                                                         {VerdictKind::not_started, "not_started"},
                                                                         {VerdictKind::stuck, "stuck"},
                                                                         {VerdictKind::offline, "offline"},
                                                                         {VerdictKind::write_failed, "write_failed"},
                                                                         {VerdictKind::untouched, "untouched"}}};

/// Whether the report was made after the wish. Times of one hub, so they compare.
bool counts(const Evidence& evidence) {
  return evidence.reported && evidence.reported_at && evidence.desired_at &&
         *evidence.reported_at > *evidence.desired_at;
}

Verdict from_report(const Evidence& evidence, const std::string& wanted) {
  const Reported& reported = *evidence.reported;
  Verdict verdict{VerdictKind::in_progress, reported.status, reported.substatus, evidence.reported_at, false};
  // What went wrong with another version that it was busy with says nothing of this one.
  const bool of_another = !reported.pending_version.empty() && reported.pending_version != wanted;
  if (reported.status == Status::error && !of_another) verdict.kind = VerdictKind::failed;
  if (reported.status == Status::rolled_back && !of_another) verdict.kind = VerdictKind::rolled_back;
  if (reported.status == Status::current) {
    verdict.kind = reported.current_version == wanted   ? VerdictKind::applied
                   : reported.pending_version == wanted ? VerdictKind::in_progress
                                                        : VerdictKind::not_started;
  }
  if (verdict.kind == VerdictKind::not_started && verdict.reason.empty()) {
    verdict.reason = fmt::format("it says that it runs {}", reported.current_version);
  }
  verdict.final = verdict.kind == VerdictKind::applied || verdict.kind == VerdictKind::failed ||
                  verdict.kind == VerdictKind::rolled_back;
  return verdict;
}

Time last_change(const Evidence& evidence) {
  const Time asked = evidence.desired_at.value_or(Time{});
  return counts(evidence) ? std::max(asked, *evidence.reported_at) : asked;
}

std::string why_offline(const Evidence& evidence) {
  if (evidence.disabled) return "it is disabled";
  return evidence.last_activity ? "" : "it was never connected";
}

/// An unfinished device that is gone, or stands still.
Verdict with_silence(Verdict verdict, const Evidence& evidence, const Question& question) {
  const bool timed_out = question.now >= deadline_of(evidence, question);
  if (!evidence.connected) {
    verdict.kind = VerdictKind::offline;
    verdict.since = evidence.last_activity ? evidence.last_activity : evidence.desired_at;
    if (const std::string why = why_offline(evidence); !why.empty()) verdict.reason = why;
    verdict.final = timed_out;
  } else if (timed_out) {
    verdict.kind = VerdictKind::stuck;
    verdict.since = last_change(evidence);
    verdict.final = true;
  }
  return verdict;
}

}  // namespace

bool was_not_asked_since(const Evidence& evidence, const Question& question) {
  return question.asked_since && (!evidence.desired_at || *evidence.desired_at < *question.asked_since);
}

Time deadline_of(const Evidence& evidence, const Question& question) {
  return last_change(evidence) + question.device_timeout;
}

std::string_view to_text(VerdictKind kind) {
  return std::find_if(words.begin(), words.end(), [&](const auto& word) { return word.first == kind; })->second;
}

Verdict judge(const Evidence& evidence, const Question& question) {
  if (question.write_error) {
    return {VerdictKind::write_failed, std::nullopt, *question.write_error, std::nullopt, true};
  }
  if (!evidence.desired) return {VerdictKind::untouched, std::nullopt, "nothing is wanted of it", std::nullopt, false};
  const std::string wanted = question.version.empty() ? evidence.desired->version : question.version;
  if (evidence.desired->version != wanted) {
    return {VerdictKind::untouched, std::nullopt, fmt::format("{} is wanted of it", evidence.desired->version),
            evidence.desired_at, false};
  }
  if (was_not_asked_since(evidence, question)) {
    return {VerdictKind::untouched, std::nullopt, "it was asked before the job", evidence.desired_at, false};
  }
  Verdict verdict{VerdictKind::not_started, std::nullopt, {}, evidence.desired_at, false};
  if (counts(evidence)) verdict = from_report(evidence, wanted);
  return verdict.final ? verdict : with_silence(std::move(verdict), evidence, question);
}

}  // namespace fwctl::firmware
