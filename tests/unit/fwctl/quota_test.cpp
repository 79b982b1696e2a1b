#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/lockstep.hpp"
#include "tests/support/run_fwctl.hpp"

namespace fwctl::cli {
namespace {

using namespace std::chrono_literals;
using test::FlakyHub;
using test::run_fwctl;
using testing::HasSubstr;
using testing::Not;
using Json = test::HubFixture::Json;

/// A hub with the throttles of the smallest standard tier.
class Quota : public testing::Test {
 protected:
  Quota() {
    for (int i = 0; i < 100; ++i) hub_.create_device("chiller-" + std::to_string(i), {{"devicetype", "chiller"}});
    localhub::Switches switches;
    switches.tier = "S1";
    hub_.hub().set_switches(switches);
    hub_.clock.advance(10min);
  }

  std::int64_t queries() const {
    return std::count_if(hub_.requests.begin(), hub_.requests.end(),
                         [](const HttpRequest& request) { return request.target.starts_with("/devices/query"); });
  }

  /// So many operators with `status` at its five seconds.
  std::vector<test::Outcome> watch_together(std::size_t number, const std::string& timeout) {
    std::vector<test::Outcome> outcomes(number);
    std::vector<std::function<void(Clock&)>> operators;
    for (test::Outcome& outcome : outcomes) {
      operators.emplace_back([this, &outcome, &timeout](Clock& clock) {
        outcome = run_fwctl(hub_, {"status", "--timeout", timeout, "-o", "jsonl"}, {.clock = &clock});
      });
    }
    test::Lockstep(hub_.clock).run(operators);
    return outcomes;
  }

  FlakyHub hub_;
};

TEST_F(Quota, IsEnoughForTwoOperatorsWhoLookEveryFiveSeconds) {
  const auto outcomes = watch_together(2, "10m");

  EXPECT_EQ(hub_.answers[429], 0);
  EXPECT_GE(queries(), 190) << "and it is used";
  for (const test::Outcome& outcome : outcomes) {
    EXPECT_EQ(outcome.code, ExitCode::deadline_passed) << outcome.err;
    EXPECT_GE(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 115) << "one every five seconds";
    EXPECT_THAT(outcome.err, Not(HasSubstr("429")));
  }
}

TEST_F(Quota, IsSharedByFiveOperatorsOnceTheyHaveNoticedEachOther) {
  const auto outcomes = watch_together(5, "1h");

  EXPECT_LE(hub_.answers[429], 80) << "of more than a thousand requests";
  EXPECT_GE(queries(), 900) << "and what there is is used";
  for (const test::Outcome& outcome : outcomes) {
    EXPECT_EQ(outcome.code, ExitCode::deadline_passed) << outcome.err;
    EXPECT_GE(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 500) << "looks";
    EXPECT_LE(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 5) << outcome.err;
  }
}

TEST_F(Quota, IsNotEnoughForTwoOfTheTutorialsLoops) {
  int throttled = 0;
  for (const auto end = hub_.clock.uptime() + 10min; hub_.clock.uptime() < end; hub_.clock.advance(5s)) {
    for (int loop = 0; loop < 2; ++loop) {
      const auto answer = hub_.call(
          "POST", "/devices/query",
          {{"query", "SELECT deviceId, properties.reported.firmware FROM devices WHERE tags.devicetype='chiller'"}});
      throttled += answer.status == 429 ? 1 : 0;
    }
  }
  EXPECT_GT(throttled, 10);
}

TEST_F(Quota, LetsALargerHubBeAskedMoreOften) {
  run_fwctl(hub_, {"status", "--timeout", "1m", "-o", "jsonl"});
  const std::int64_t small = queries();
  hub_.requests.clear();
  localhub::Switches switches;
  switches.tier = "S2";
  switches.units = 4;
  hub_.hub().set_switches(switches);
  const auto outcome =
      run_fwctl(hub_, {"status", "--timeout", "1m", "-o", "jsonl", "--interval", "2s", "--tier", "S2", "--units", "4"});

  EXPECT_LE(small, 16);
  EXPECT_GE(queries(), 30);
  EXPECT_EQ(hub_.answers[429], 0) << outcome.err;
}

TEST_F(Quota, ShowsWhatWasSpent) {
  const Json document = run_fwctl(hub_, {"status", "--once", "-o", "json"}).json();

  EXPECT_EQ(document["budget"]["queries"], (Json{{"spent", queries()}, {"perMinute", 10.0}}));
  EXPECT_EQ(document["budget"]["tier"], "S1");
}

TEST_F(Quota, IsSpentOnOneRequestForAPollWhateverTheFleetsSize) {
  const auto outcome = run_fwctl(hub_, {"status", "--once", "-o", "json"});

  EXPECT_EQ(outcome.json()["devices"], 100);
  EXPECT_EQ(hub_.requests.size(), 1U);
}

TEST_F(Quota, OfAShareMustMakeSense) {
  for (const char* share : {"0%", "101%", "50", "half", "%", "-5%"}) {
    EXPECT_EQ(run_fwctl(hub_, {"status", "--once", "--budget", share}).code, ExitCode::usage) << share;
  }
  EXPECT_EQ(run_fwctl(hub_, {"status", "--once", "--budget", "off", "--tier", "S9"}).code, ExitCode::usage);
  EXPECT_EQ(run_fwctl(hub_, {"status", "--once", "--budget", "off"}).code, ExitCode::ok);
}

}  // namespace
}  // namespace fwctl::cli
