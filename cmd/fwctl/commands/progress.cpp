#include "cmd/fwctl/commands/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "cmd/fwctl/commands/fleet.hpp"
#include "fwctl/base/duration.hpp"
#include "fwctl/base/iso8601.hpp"

namespace fwctl::cli {
namespace {

using firmware::VerdictKind;
using std::chrono::seconds;

Tone tone_of(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::applied:
      return Tone::good;
    case VerdictKind::in_progress:
      return Tone::busy;
    case VerdictKind::failed:
    case VerdictKind::rolled_back:
    case VerdictKind::stuck:
    case VerdictKind::write_failed:
      return Tone::bad;
    default:
      return Tone::neutral;
  }
}

std::string span_text(Ticks span) {
  return format_duration(std::max(std::chrono::duration_cast<seconds>(span), seconds{0}));
}

/// With one decimal, where there is one.
std::string number_text(double number) { return fmt::format("{:.12g}", std::round(number * 10) / 10); }

std::string age_text(const firmware::FleetCount& count, Time now) {
  if (count.source == firmware::Source::none) return "devices not counted yet";
  return fmt::format("counted {} ago from {}", span_text(now - count.as_of), to_text(count.source));
}

/// What a watch spends, in words.
constexpr std::array<std::pair<iothub::Operation, const char*>, 3> spendings{
    {{iothub::Operation::queries, "queries"},
     {iothub::Operation::jobs, "job reads"},
     {iothub::Operation::twin_reads, "twin reads"}}};

std::string spending_text(const iothub::Budget& budget, iothub::Operation operation, const char* word) {
  const auto rate = budget.rate(operation);
  return fmt::format("{} {}{}", budget.spent(operation), word,
                     rate ? fmt::format(" (of {}/min)", number_text(*rate)) : "");
}

}  // namespace

void Progress::saw(const firmware::FleetCount& count) {
  count_ = count;
  if (count.source != firmware::Source::none) pace_.add(count.as_of, count.decided);
}

std::vector<Bar> Progress::bars(std::int64_t devices) const {
  std::vector<Bar> bars{{"applied", count_of(count_.verdicts, VerdictKind::applied), devices, Tone::good}};
  std::int64_t with_phase = 0;
  for (const auto& [phase, count] : count_.phases) {
    bars.push_back({std::string(to_text(phase)), count, devices, Tone::busy});
    with_phase += count;
  }
  for (const auto& [kind, count] : count_.verdicts) {
    if (kind == VerdictKind::applied) continue;
    const std::int64_t shown = kind == VerdictKind::in_progress ? count - with_phase : count;
    if (shown > 0) bars.push_back({in_words(to_text(kind)), shown, devices, tone_of(kind)});
  }
  return bars;
}

std::vector<std::string> Progress::facts(std::int64_t devices) const {
  std::vector<std::string> facts;
  const Time now = ctx_.hub().now();
  if (const auto rate = pace_.per_minute()) facts.push_back(number_text(*rate) + " devices a minute");
  const std::int64_t left = devices - count_.decided;
  if (const auto end = left > 0 ? pace_.end_of(left) : std::nullopt; end && *end > now) {
    facts.push_back(fmt::format("about {} left, until {}Z", span_text(*end - now), format_iso8601(*end).substr(11, 8)));
  }
  facts.push_back(age_text(count_, now));
  for (const auto& [operation, word] : spendings) {
    if (ctx_.budget().spent(operation) > 0) facts.push_back(spending_text(ctx_.budget(), operation, word));
  }
  return facts;
}

Board Progress::board(const std::string& title, std::int64_t devices) const {
  const auto taken = std::chrono::duration_cast<seconds>(ctx_.clock.uptime() - started_);
  return {fmt::format("{}, {}", title, format_duration(taken)), bars(devices), facts(devices), {}};
}

}  // namespace fwctl::cli
