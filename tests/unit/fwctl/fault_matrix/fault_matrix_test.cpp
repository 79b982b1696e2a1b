#include <fmt/format.h>
#include <gmock/gmock.h>

#include <iostream>
#include <set>

#include "cmd/fwctl/commands.hpp"
#include "tests/unit/fwctl/fault_matrix/faults.hpp"
#include "tests/unit/fwctl/fault_matrix/trials.hpp"

namespace fwctl::cli {
namespace {

using namespace std::chrono_literals;
using test::Fault;
using test::FleetUnderFaults;
using test::Outcome;
using test::Trial;
using testing::HasSubstr;
using testing::Not;
using Json = test::HubFixture::Json;

constexpr auto timeout = 10min;
const std::vector<std::string> common{"--timeout", "10m", "--log-format", "json", "-o"};

std::vector<std::string> words_of(const Trial& trial, const char* format) {
  std::vector<std::string> words;
  std::istringstream command(trial.command);
  for (std::string word; command >> word;) words.push_back(word);
  words.insert(words.end(), trial.arguments.begin(), trial.arguments.end());
  words.insert(words.end(), common.begin(), common.end());
  words.emplace_back(format);
  return words;
}

/// Other ends than those that `expected` gives; the first that fits counts.
struct Exception {
  std::string fault;
  std::string trial;  // how its name begins; empty: every one
  ExitCode code;
};

const std::vector<Exception> exceptions{
    // Too slow for --request-timeout, but for short answers.
    {"latencyMs 86400000", "", ExitCode::unavailable},
    {"slowBody 1", "", ExitCode::ok},
    {"slowBodyRate 1", "schedule --fw-version 2.8.5 --dry-run", ExitCode::ok},
    {"slowBodyRate 1", "status --until-version", ExitCode::deadline_passed},
    {"slowBodyRate 1", "", ExitCode::unavailable},
    {"slowBodyRate 30", "status --once --devices", ExitCode::unavailable},
    {"slowBodyRate 30", "device list", ExitCode::unavailable},
    {"slowBodyRate 30", "query", ExitCode::unavailable},
    // The others repeat for a while; a watch waits for a hub that answers, if only that it is in trouble.
    {"error500 1", "monitor", ExitCode::deadline_passed},
    {"error500 1", "status --until-version", ExitCode::deadline_passed},
    {"error503 1", "monitor", ExitCode::deadline_passed},
    {"error503 1", "status --until-version", ExitCode::deadline_passed},
    {"error504 1", "monitor", ExitCode::deadline_passed},
    {"error504 1", "status --until-version", ExitCode::deadline_passed},
    {"lateError 1", "monitor", ExitCode::deadline_passed},
    {"lateError 1", "status --until-version", ExitCode::deadline_passed},
    {"faultLimit 30", "monitor", ExitCode::ok},
    {"faultLimit 30", "status --until-version", ExitCode::ok},
    {"faultLimit 30", "", ExitCode::unavailable},
    // A job that only the list has yet: it will come, in time or not. To a hub in the past it is of the future, and
    // reports are older than it; in the future, tokens have expired.
    {"unknownJobS 86400", "schedule --fw-version 2.8.5 --wait", ExitCode::deadline_passed},
    {"unknownJobS 86400", "monitor", ExitCode::deadline_passed},
    {"clockOffsetS -315360000", "monitor", ExitCode::deadline_passed},
    {"clockOffsetS -315360000", "status --until-version", ExitCode::deadline_passed},
    {"clockOffsetS 315360000", "", ExitCode::denied},
};

/// Faults of devices alone: what they report gets through all the same, or it never does.
const std::set<std::string> harmless_to_reports{"lostTwinResponse", "duplicateTwinResponse", "lateTwinResponse",
                                                "silentDeath"};
const std::set<std::string> fatal_to_reports{"deviceDisconnect", "twinError412", "twinError429",
                                             "twinError500",     "connack3",     "connack5"};

bool waits_for_reports(const Trial& trial) {
  return trial.command == "monitor" || trial.name().find("--wait") != std::string::npos ||
         trial.name().find("--until-version") != std::string::npos;
}

/// What happens once, or now and then, does no harm. What lasts makes the hub unavailable when it strikes requests, and
/// does no harm else.
ExitCode expected(const Fault& fault, const Trial& trial, ExitCode whole) {
  if (!trial.asks_hub || fault.strength != Fault::Strength::always) return whole;
  for (const Exception& e : exceptions) {
    if (e.fault == fault.name() && trial.name().starts_with(e.trial)) return e.code;
  }
  if (fatal_to_reports.contains(fault.field)) return waits_for_reports(trial) ? ExitCode::deadline_passed : whole;
  return fault.is_share && !harmless_to_reports.contains(fault.field) ? ExitCode::unavailable : whole;
}

bool is_documented(ExitCode code) {
  return std::any_of(exit_code_table.begin(), exit_code_table.end(), [&](const auto& row) { return row.code == code; });
}

/// One document, or one a line; and none that is not whole, unless it says so.
void expect_valid(const Outcome& outcome, bool lines) {
  std::istringstream out(outcome.out);
  for (std::string line; std::getline(out, line, lines ? '\n' : '\0');) {
    const Json document = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    EXPECT_TRUE(document.is_object()) << outcome.out;
  }
}

/// Messages of one line each, one error at most, and no secret.
void expect_clean(const Outcome& outcome) {
  int errors = 0;
  std::istringstream err(outcome.err);
  for (std::string line; std::getline(err, line);) {
    const Json message = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    ASSERT_TRUE(message.is_object()) << line;
    EXPECT_THAT(message.value("message", "\n"), Not(HasSubstr("\n")));
    if (message.value("level", "") != "error") continue;
    ++errors;
    EXPECT_EQ(message.value("exitCode", -1), static_cast<int>(outcome.code));
  }
  EXPECT_LE(errors, 1) << outcome.err;
  EXPECT_TRUE(errors == 1 || !outcome.out.empty()) << "silence";
  EXPECT_THAT(outcome.err, Not(HasSubstr(test::HubFixture::key)));
  EXPECT_THAT(outcome.err, Not(HasSubstr("sig=")));
}

/// A hub of its own for every run: what one did must not help another. Its faults begin with a certain request.
ExitCode run(const Trial& trial, const std::string& switches, const char* format, std::size_t first_request = 1) {
  FleetUnderFaults hub;
  trial.prepare(hub);
  hub.clock.advance(1s);
  hub.on_request = [&] {
    if (hub.requests.size() == first_request) hub.set_switches(switches);
  };
  const auto start = hub.clock.uptime();

  const Outcome outcome = test::run_fwctl(hub, words_of(trial, format));

  EXPECT_TRUE(is_documented(outcome.code));
  EXPECT_LE(hub.clock.uptime() - start, timeout);
  expect_valid(outcome, format == std::string("jsonl"));
  expect_clean(outcome);
  hub.end_faults();
  EXPECT_TRUE(outcome.code != ExitCode::ok || trial.is_done(hub)) << "it says so and it is not";
  return outcome.code;
}

/// A line of the matrix: the exit code of each trial.
std::string line_of(const std::string& name, const std::vector<ExitCode>& codes) {
  std::string line = fmt::format("{:<26}", name);
  for (const ExitCode code : codes) line += fmt::format("{:4}", static_cast<int>(code));
  return line + '\n';
}

void print_trials() {
  int number = 0;
  for (const Trial& trial : test::all_trials()) std::cout << fmt::format("{:3}  {}\n", ++number, trial.name());
  std::cout << fmt::format("\n{:<26}", "");
  for (int i = 1; i <= number; ++i) std::cout << fmt::format("{:4}", i);
  std::cout << '\n';
}

TEST(FaultMatrix, HasEveryCommand) {
  std::set<std::string> tried;
  for (const Trial& trial : test::all_trials()) tried.insert(trial.command);

  for (const Command& command : commands()) EXPECT_EQ(tried.erase(command.name), 1U) << command.name;
  EXPECT_TRUE(tried.empty());
}

/// A fault that happens once may hit any request of a command.
void expect_no_harm(const Trial& trial, const Fault& fault, ExitCode whole) {
  constexpr std::size_t most_requests = 6;
  for (std::size_t request = 2; request <= most_requests; ++request) {
    EXPECT_EQ(run(trial, fault.switches, "json", request), whole) << "from request " << request;
  }
}

/// Every fault of the hub, crossed with every command: prints what each cell ends with.
TEST(FaultMatrix, EndsEveryCommandAsPromised) {
  print_trials();
  std::vector<ExitCode> whole;
  for (const Trial& trial : test::all_trials()) whole.push_back(run(trial, "{}", "json"));
  std::cout << line_of("none", whole);

  for (const Fault& fault : test::all_faults()) {
    std::vector<ExitCode> codes;
    for (const Trial& trial : test::all_trials()) {
      SCOPED_TRACE(fmt::format("{} under {}", trial.name(), fault.switches));
      codes.push_back(run(trial, fault.switches, "json"));
      EXPECT_EQ(codes.back(), expected(fault, trial, whole[codes.size() - 1]));
      EXPECT_EQ(codes.back(), run(trial, fault.switches, "jsonl")) << "whatever the format";
      if (fault.strength == Fault::Strength::once) expect_no_harm(trial, fault, whole[codes.size() - 1]);
    }
    std::cout << line_of(fault.name(), codes);
  }
}

}  // namespace
}  // namespace fwctl::cli
