#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fwctl/base/error.hpp"
#include "tests/support/run_fwctl.hpp"

namespace fwctl::cli {
namespace {

using namespace std::chrono_literals;
using test::FlakyHub;
using test::Outcome;
using testing::HasSubstr;
using testing::Not;
using Json = test::HubFixture::Json;

const HttpResponse unavailable{503, {}, ""};

/// Jobs that are written through trouble: each ends in the right state, and one line on stderr says how.
class SafeWrite : public testing::Test {
 protected:
  Outcome submit(const std::vector<std::string>& more = {}, const std::string& id = "job-1") {
    std::vector<std::string> arguments{
        "schedule", "--fw-version", "2.8.5", "--package-uri", "https://h/p.bin", "--check-value", "c", "--job-id",
        id,         "-o",           "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return test::run_fwctl(hub_, arguments);
  }
  Json stored(const std::string& id = "job-1") { return hub_.json("GET", "/jobs/v2/" + id); }
  long puts() const {
    return std::count_if(hub_.requests.begin(), hub_.requests.end(), [](const auto& r) { return r.method == "PUT"; });
  }
  void expect_submitted(const Outcome& outcome, long after_puts, const std::string& told) {
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
    EXPECT_EQ(outcome.json()["job"], stored());
    EXPECT_EQ(puts(), after_puts);
    EXPECT_THAT(outcome.err, HasSubstr(told));
  }
  /// A hub with one slot for jobs, as the smallest have.
  void give_one_slot() { hub_.hub().set_switches({.tier = "S1"}); }

  FlakyHub hub_;
};

TEST_F(SafeWrite, WhoseAnswerWasLostIsFoundAndNotRepeated) {
  hub_.lose_next_answer();

  expect_submitted(submit(), 1, "fwctl: the answer was lost; the hub has job job-1 with this very content\n");
}

TEST_F(SafeWrite, ThatWasLostIsSentAgain) {
  hub_.lose_next_request();

  expect_submitted(submit(), 2, "fwctl: the answer was lost; the hub has no job job-1: sending it again\n");
}

TEST_F(SafeWrite, ThatWasDoneInSpiteOfAServerErrorIsFoundAndNotRepeated) {
  hub_.act_but_answer(unavailable);

  expect_submitted(submit(), 1, "fwctl: the hub answered HTTP 503; the hub has job job-1 with this very content\n");
}

TEST_F(SafeWrite, ThatWasDoneButWhoseAnswerCannotBeReadIsFoundAndNotRepeated) {
  hub_.act_but_answer({200, {}, "<html>"});

  expect_submitted(submit(), 1, "fwctl: the answer can't be read; the hub has job job-1 with this very content\n");
}

TEST_F(SafeWrite, ThatAServerErrorPreventedIsSentAgain) {
  hub_.answer(1, unavailable);

  expect_submitted(submit(), 2, "fwctl: the hub answered HTTP 503; the hub has no job job-1: sending it again\n");
}

TEST_F(SafeWrite, ThatNeverGetsThroughIsGivenUpAndNothingIsThere) {
  for (int tries = 0; tries < 20; ++tries) {
    hub_.answer(1, unavailable);
    for (int looks = 0; looks < 11; ++looks) hub_.let_through();
  }

  const Outcome outcome = submit();

  EXPECT_EQ(outcome.code, ExitCode::unavailable);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("fwctl: the hub answered HTTP 503; the hub has no job job-1\n"));
  EXPECT_EQ(stored()["status"], "unknown");
  EXPECT_LE(hub_.clock.uptime(), 3min);
}

TEST_F(SafeWrite, OfWhichNothingCanBeToldSaysSo) {
  hub_.act_but_answer(unavailable);
  hub_.answer(1000, unavailable);

  const Outcome outcome = submit();

  EXPECT_EQ(outcome.code, ExitCode::unavailable);
  EXPECT_THAT(outcome.err, HasSubstr("whether job job-1 was created can't be told now"));
}

TEST_F(SafeWrite, ThatIsThereAlreadyIsDone) {
  submit();

  expect_submitted(submit(), 2, "fwctl: the hub answered HTTP 409; the hub has job job-1 with this very content\n");
}

TEST_F(SafeWrite, ThatIsAnotherUnderThatNameIsAConflictThatNamesTheDifference) {
  submit();

  const std::vector<std::pair<std::vector<std::string>, std::string>> others{
      {{"--where", "tags.other = 1"}, ": queryCondition\n"},
      {{"--fw-version", "2.8.6"}, ": desired/firmware/fwVersion\n"},
      {{"--package-uri", "https://h/p?sig=secret"}, ": desired/firmware/fwPackageURI\n"},
      {{"--max-execution-time", "2h"}, ": maxExecutionTimeInSeconds (3600, not 7200)\n"},
      {{"--start-at", "+2h"}, ": startTime (2026-01-01T00:00:00.000Z, not 2026-01-01T02:00:00.000Z)\n"}};
  for (const auto& [arguments, what] : others) {
    const Outcome outcome = submit(arguments);
    EXPECT_EQ(outcome.code, ExitCode::conflict);
    EXPECT_THAT(outcome.err, HasSubstr("fwctl: job job-1 exists already with other content" + what));
    EXPECT_THAT(outcome.err, Not(HasSubstr("secret")));
    EXPECT_EQ(outcome.out, "");
  }
  EXPECT_EQ(stored()["queryCondition"], "tags.devicetype='chiller'");
}

TEST_F(SafeWrite, ThatWaitsForItsStartIsNotTheOneThatIsToRunAtOnce) {
  submit({"--start-at", "+2h"});

  EXPECT_EQ(submit().code, ExitCode::conflict);
}

TEST_F(SafeWrite, WhoseStartHasPassedMeanwhileIsStillTheSame) {
  EXPECT_EQ(submit({"--start-at", "2026-01-01T00:00:30Z"}).code, ExitCode::ok);
  hub_.clock.advance(1h);

  EXPECT_EQ(submit({"--start-at", "2026-01-01T00:00:30Z"}).code, ExitCode::ok);
}

TEST_F(SafeWrite, WithAStartInThePastRunsAtOnce) {
  EXPECT_EQ(submit({"--start-at", "2025-12-31T00:00:00Z"}).code, ExitCode::ok);
  EXPECT_EQ(stored()["startTime"], "2026-01-01T00:00:00.0000000Z");
}

TEST_F(SafeWrite, IsReadBackAndComparedWithWhatWasAsked) {
  hub_.garble([](HttpRequest& request) {
    Json body = Json::parse(request.body);
    body["queryCondition"] = "tags.other = 1";
    body["updateTwin"]["properties"]["desired"]["firmware"]["fwPackageCheckValue"] = "d";
    request.body = body.dump();
  });

  const Outcome outcome = submit();

  EXPECT_EQ(outcome.code, ExitCode::conflict);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("job job-1 was stored otherwise than asked: queryCondition, "
                                     "desired/firmware/fwPackageCheckValue\nhint: look at it: fwctl job show job-1"));
}

TEST_F(SafeWrite, MayBeUnknownForAMomentAfterItsCreation) {
  hub_.hub().set_switches({.unknown_job_s = 8});

  const Outcome outcome = submit();

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_EQ(outcome.json()["job"]["queryCondition"], "tags.devicetype='chiller'");
}

TEST_F(SafeWrite, ThatCannotBeReadBackInTimeIsAcceptedAllTheSame) {
  hub_.hub().set_switches({.unknown_job_s = 60});

  const Outcome outcome = submit();

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_EQ(outcome.json()["status"], "queued");
  EXPECT_THAT(outcome.err, HasSubstr("job job-1 was accepted, but can't be read back yet: fwctl job show job-1"));
  EXPECT_LE(hub_.clock.uptime(), 12s);
}

TEST_F(SafeWrite, ThatCannotBeReadBackForTroubleIsAcceptedAllTheSame) {
  hub_.let_through();
  hub_.answer(1000, unavailable);

  const Outcome outcome = submit();

  EXPECT_EQ(outcome.code, ExitCode::ok);
  EXPECT_THAT(outcome.err, HasSubstr("job job-1 was accepted, but can't be read back yet"));
}

TEST_F(SafeWrite, ForWhichThereIsNoSlotNamesTheJobThatHoldsIt) {
  give_one_slot();
  submit({"--start-at", "+1h"});

  const Outcome outcome = submit({}, "job-2");

  EXPECT_EQ(outcome.code, ExitCode::unavailable);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("job job-1 (scheduled for 2026-01-01T01:00:00.000Z) holds the slot"));
  EXPECT_EQ(stored("job-2")["status"], "unknown");
  EXPECT_LE(hub_.clock.uptime(), 1s) << "no repeat of the request mends it";
}

TEST_F(SafeWrite, WaitsForItsSlotWhenAsked) {
  give_one_slot();
  submit({"--start-at", "+1h"});
  hub_.requests.clear();

  const Outcome outcome = submit({"--wait-for-slot", "--interval", "1m"}, "job-2");

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_EQ(stored("job-2")["status"], "completed");
  EXPECT_GE(hub_.clock.uptime(), 1h);
  EXPECT_THAT(outcome.err, HasSubstr("fwctl: job job-1 (scheduled for 2026-01-01T01:00:00.000Z) holds the slot: job-2 "
                                     "waits for its end\n"));
  EXPECT_EQ(outcome.err.find("holds the slot"), outcome.err.rfind("holds the slot")) << "once";
  for (const HttpRequest& request : hub_.requests) EXPECT_THAT(request.target, Not(HasSubstr("/devices/query")));
}

TEST_F(SafeWrite, WaitsForItsSlotNoLongerThanTheTimeout) {
  give_one_slot();
  submit({"--start-at", "+1h"});

  const Outcome outcome = submit({"--wait-for-slot", "--timeout", "10m"}, "job-2");

  EXPECT_EQ(outcome.code, ExitCode::deadline_passed);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("job job-1 (scheduled for 2026-01-01T01:00:00.000Z) holds the slot still"));
  EXPECT_THAT(outcome.err, HasSubstr("hint: to go on: run the same command again\n"));
  EXPECT_EQ(hub_.clock.uptime(), 10min);
}

TEST_F(SafeWrite, SaysHowToGoOnWhenItsNameAndStartWereMadeUp) {
  give_one_slot();
  submit({"--start-at", "+1h"});

  const Outcome outcome =
      test::run_fwctl(hub_, {"schedule", "--fw-version", "2.8.5", "--package-uri", "https://h/p.bin", "--check-value",
                             "c", "--start-at", "+2h", "--wait-for-slot", "--timeout", "10m"});

  EXPECT_EQ(outcome.code, ExitCode::deadline_passed);
  EXPECT_THAT(outcome.err,
              HasSubstr("run the same command again with --job-id fw-2-8-5-20260101t000000-8000 --start-at "
                        "2026-01-01T02:00:00.000Z"));
}

TEST_F(SafeWrite, IsLeftOnASignalWhileItWaitsForItsSlot) {
  give_one_slot();
  submit({"--start-at", "+1h"});
  hub_.clock.on_sleep = [] { throw Interrupted(); };

  const Outcome outcome = submit({"--wait-for-slot"}, "job-2");

  EXPECT_EQ(outcome.code, ExitCode::interrupted);
  EXPECT_THAT(outcome.err, HasSubstr("To go on: run the same command again"));
  EXPECT_EQ(stored()["status"], "scheduled");
}

TEST_F(SafeWrite, WhoseSlotItHoldsItselfIsDone) {
  submit({"--start-at", "+1h"});
  hub_.let_through();  // what time it is there
  hub_.answer(1, {429, {{"iothub-errorcode", "ThrottlingMaxActiveJobCountExceeded"}}, ""});

  EXPECT_EQ(submit({"--start-at", "2026-01-01T01:00:00Z"}).code, ExitCode::ok);
}

TEST_F(SafeWrite, IsTriedAgainWhenNobodyHoldsTheSlotAnyMore) {
  hub_.answer(1, {429, {{"iothub-errorcode", "ThrottlingMaxActiveJobCountExceeded"}}, ""});

  EXPECT_EQ(submit().code, ExitCode::ok);
}

TEST_F(SafeWrite, IsGivenUpWhenThereIsNoSlotAndNobodyHoldsOne) {
  for (int tries = 0; tries < 100; ++tries) {
    hub_.answer(1, {429, {{"iothub-errorcode", "ThrottlingMaxActiveJobCountExceeded"}}, ""});
    for (int looks = 0; looks < 4; ++looks) hub_.let_through();
  }

  EXPECT_EQ(submit().code, ExitCode::unavailable);
  EXPECT_LE(hub_.clock.uptime(), 2min);
}

}  // namespace
}  // namespace fwctl::cli
