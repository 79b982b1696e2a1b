#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/run_fwctl.hpp"

namespace fwctl::cli {
namespace {

using namespace std::chrono_literals;
using test::FlakyHub;
using test::Outcome;
using test::run_fwctl;
using testing::HasSubstr;
using testing::Not;
using Json = test::HubFixture::Json;

constexpr Terminal terminal{true, true, 80, 24};

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// One chiller, and a job that means it.
class OnATerminal : public testing::Test {
 protected:
  OnATerminal() {
    hub_.create_device("a", {{"devicetype", "chiller"}});
    connection_ = hub_.connect("a");
    run_fwctl(hub_, {"schedule", "--fw-version", "2.8.5", "--package-uri", "https://h/p.bin", "--check-value", "c",
                     "--job-id", "fw"});
  }
  void reports(std::size_t after, const char* status, const char* version) {
    hub_.clock.on_sleep = [this, after, status, version, next = hub_.clock.on_sleep] {
      next();
      if (hub_.clock.slept.size() != after) return;
      hub_.report(connection_, {{"firmware", {{"currentFwVersion", version}, {"fwUpdateStatus", status}}}});
    };
  }

  FlakyHub hub_;
  localhub::ConnectionId connection_ = 0;
};

TEST_F(OnATerminal, AMonitorIsABlockThatIsRedrawnEverySecondAndGoneAtTheEnd) {
  reports(12, "current", "2.8.5");

  const Outcome outcome = run_fwctl(hub_, {"monitor", "fw"}, {.terminal = terminal});

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("job fw completed, 0s\n"));
  EXPECT_THAT(outcome.err, HasSubstr("counted 3s ago from twins"));
  EXPECT_THAT(outcome.err, HasSubstr("\x1b[Knot started"));
  EXPECT_GE(times(outcome.err, "job fw completed, "), 14U);
  EXPECT_EQ(outcome.err.substr(outcome.err.size() - 4), "A\x1b[J") << "erased";
  EXPECT_THAT(outcome.out, Not(HasSubstr("\x1b")));
}

TEST_F(OnATerminal, LinesStandAboveTheBlock) {
  hub_.clock.on_sleep = [this, next = hub_.clock.on_sleep] {
    next();
    if (hub_.clock.slept.size() == 5) hub_.answer(1, {503, {}, ""});
  };
  reports(8, "current", "2.8.5");

  const std::string err = run_fwctl(hub_, {"monitor", "fw"}, {.terminal = terminal}).err;

  EXPECT_THAT(err, HasSubstr("\x1b[Jfwctl: HTTP 503, waiting 1s\n\r\x1b[Kjob fw"));
}

TEST_F(OnATerminal, AStatusIsABlockThatStaysWhenItIsLeft) {
  hub_.clock.on_sleep = [this, next = hub_.clock.on_sleep] {
    next();
    if (hub_.clock.slept.size() == 12) throw Interrupted();
  };

  const Outcome outcome = run_fwctl(hub_, {"status"}, {.terminal = terminal});

  EXPECT_EQ(outcome.code, ExitCode::interrupted);
  EXPECT_GE(times(outcome.out, "1 devices of tags.devicetype='chiller'"), 12U);
  EXPECT_THAT(outcome.out, HasSubstr("DEVICE  VERDICT")) << "each device of a small fleet";
  EXPECT_EQ(outcome.out.substr(outcome.out.size() - 3), "\x1b[J") << "and the block above it";
}

TEST_F(OnATerminal, TheLastThatAStatusSawIsThereToStay) {
  const Outcome outcome = run_fwctl(hub_, {"status", "--timeout", "7s"}, {.terminal = terminal});

  EXPECT_EQ(outcome.code, ExitCode::deadline_passed);
  EXPECT_THAT(outcome.out, HasSubstr("\x1b[J2026-01-01T00:00:05.000Z  1 devices: 1 not started\n"));
}

TEST_F(OnATerminal, NothingMovesWhereThatIsNotWanted) {
  for (const test::Setup& setup : {test::Setup{}, test::Setup{.env = {{"TERM", "dumb"}}, .terminal = terminal}}) {
    const Outcome monitor = run_fwctl(hub_, {"monitor", "fw", "--timeout", "7s"}, setup);
    const Outcome status = run_fwctl(hub_, {"status", "--timeout", "7s"}, setup);
    EXPECT_THAT(monitor.err + monitor.out + status.err + status.out, Not(HasSubstr("\x1b")));
  }
  EXPECT_EQ(run_fwctl(hub_, {"monitor", "fw", "--timeout", "7s", "-q"}, {.terminal = terminal}).err,
            "fwctl: job fw is not finished\nhint: to go on: fwctl monitor fw\n");
}

TEST_F(OnATerminal, ColorsAreLeftOutWhenNotWantedAndTheBlockIsNot) {
  const auto err = [&](const std::vector<std::string>& more, const std::map<std::string, std::string>& env) {
    std::vector<std::string> arguments{"monitor", "fw", "--timeout", "7s"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_fwctl(hub_, arguments, {.env = env, .terminal = terminal}).err;
  };
  reports(1, "downloading", "1.0.0");
  EXPECT_THAT(err({}, {}), HasSubstr("\x1b[33m#"));
  for (const std::string& plain : {err({"--no-color"}, {}), err({}, {{"NO_COLOR", "1"}})}) {
    EXPECT_THAT(plain, Not(HasSubstr("\x1b[33m")));
    EXPECT_THAT(plain, HasSubstr("\x1b[Kdownloading"));
  }
}

TEST_F(OnATerminal, BarsAreOfBlocksWhereTheLocaleHasThem) {
  const auto err = [&](const std::map<std::string, std::string>& env) {
    return run_fwctl(hub_, {"monitor", "fw", "--timeout", "7s"}, {.env = env, .terminal = terminal}).err;
  };
  EXPECT_THAT(err({{"LANG", "de_DE.UTF-8"}}), HasSubstr("█"));
  EXPECT_THAT(err({{"LANG", "de_DE.UTF-8"}, {"LC_ALL", "C"}}), Not(HasSubstr("█")));
}

TEST_F(OnATerminal, AWatchThatIsNotOnOneTellsChangesAndThatItLives) {
  reports(3, "downloading", "1.0.0");

  const std::string err = run_fwctl(hub_, {"monitor", "fw", "--timeout", "3m"}).err;

  EXPECT_EQ(times(err, "fwctl: job fw completed: 1 not started\n"), 1U);
  EXPECT_EQ(times(err, "fwctl: job fw completed: 1 downloading\n"), 1U);
  EXPECT_THAT(err, HasSubstr("fwctl: job fw completed: 1 downloading; no change for 1m 00s\n"));
  EXPECT_THAT(err, HasSubstr("no change for 2m 00s\n"));
}

TEST_F(OnATerminal, AStatusThatIsNotOnOneTellsEachChangeOfADeviceOnce) {
  reports(3, "downloading", "1.0.0");

  const std::string out = run_fwctl(hub_, {"status", "--timeout", "90s"}).out;

  EXPECT_EQ(times(out, "DEVICE "), 1U);
  EXPECT_EQ(times(out, "\na "), 2U) << out;
  EXPECT_EQ(times(out, "1 devices: 1 downloading\n"), 1U);
  EXPECT_EQ(times(out, "no change for 1m 00s\n"), 1U);
}

TEST_F(OnATerminal, RowsOfAStatusHaveTheirTitlesOnce) {
  const std::string out = run_fwctl(hub_, {"status", "--timeout", "12s", "-o", "tsv"}).out;

  EXPECT_EQ(times(out, "DEVICE\t"), 1U);
  EXPECT_EQ(times(out, "\na\t"), 3U) << "one for each look";
}

}  // namespace
}  // namespace fwctl::cli
