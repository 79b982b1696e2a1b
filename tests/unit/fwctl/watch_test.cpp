#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fwctl/base/error.hpp"
#include "tests/support/run_fwctl.hpp"

namespace fwctl::cli {
namespace {

using namespace std::chrono_literals;
using test::FlakyHub;
using test::run_fwctl;
using testing::HasSubstr;
using testing::Not;
using Json = test::HubFixture::Json;

std::vector<std::string> schedule_arguments(const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"schedule",      "--fw-version", "2.8.5", "--package-uri", "https://h/p.bin",
                                     "--check-value", "123456abcde",  "-o",    "json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// A fleet whose devices do, at each sleep, what the test says.
class Watching : public testing::Test {
 protected:
  void add_chiller(const std::string& id) {
    hub_.create_device(id, {{"devicetype", "chiller"}});
    connections_[id] = hub_.connect(id);
  }

  /// Reports of the device `after` the clock has slept so many times.
  void reports(const std::string& id, std::size_t after, const Json& firmware) {
    hub_.clock.on_sleep = [this, id, after, firmware, next = hub_.clock.on_sleep] {
      next();
      if (hub_.clock.slept.size() == after) hub_.report(connections_.at(id), {{"firmware", firmware}});
    };
  }
  static Json applied() { return {{"currentFwVersion", "2.8.5"}, {"fwUpdateStatus", "current"}}; }
  static Json rolled_back() { return {{"currentFwVersion", "1.0.0"}, {"fwUpdateStatus", "rolledback"}}; }

  void schedule(const std::string& id) {
    ASSERT_EQ(run_fwctl(hub_, schedule_arguments({"--job-id", id})).code, ExitCode::ok);
  }
  test::Outcome monitor(const std::vector<std::string>& more = {}, const test::Setup& setup = {}) {
    std::vector<std::string> arguments{"monitor", "job-1", "--timeout", "1h", "-o", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_fwctl(hub_, arguments, setup);
  }

  FlakyHub hub_;
  std::map<std::string, localhub::ConnectionId> connections_;
};

TEST_F(Watching, EndsWellWhenEveryDeviceRunsIt) {
  add_chiller("a");
  add_chiller("b");
  reports("a", 2, applied());
  reports("b", 3, applied());
  schedule("job-1");

  const auto outcome = monitor();

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_EQ(outcome.json()["verdicts"], (Json{{"applied", 2}}));
  EXPECT_EQ(outcome.json()["outcome"], "succeeded");
  EXPECT_EQ(outcome.json()["job"]["status"], "completed") << "the hub's own document, unchanged";
}

TEST_F(Watching, KeepsToTheGridOfFiveSeconds) {
  add_chiller("a");
  reports("a", 3, applied());
  schedule("job-1");

  monitor();

  EXPECT_THAT(hub_.clock.slept, testing::Each(testing::Eq(5s)));
}

TEST_F(Watching, TellsWhenSomeFailedAndWhich) {
  add_chiller("a");
  add_chiller("b");
  reports("a", 1, applied());
  reports("b", 1, rolled_back());
  schedule("job-1");

  const auto outcome = monitor();

  EXPECT_EQ(outcome.code, ExitCode::some_failed);
  EXPECT_EQ(outcome.json()["troubled"][0]["deviceId"], "b");
  EXPECT_EQ(outcome.json()["troubled"][0]["verdict"], "rolled_back");
}

TEST_F(Watching, FailsWhenNoDeviceSucceeded) {
  add_chiller("a");
  reports("a", 1, rolled_back());
  schedule("job-1");

  EXPECT_EQ(monitor().code, ExitCode::job_failed);
}

TEST_F(Watching, FailsWhenNothingMatchedUnlessThatIsAllowed) {
  schedule("job-1");

  const auto outcome = monitor();
  EXPECT_EQ(outcome.code, ExitCode::job_failed);
  EXPECT_THAT(outcome.err, HasSubstr("matched no device"));
  EXPECT_EQ(monitor({"--allow-empty"}).code, ExitCode::ok);
}

TEST_F(Watching, FailsWithAJobThatFailed) {
  ASSERT_EQ(run_fwctl(hub_, schedule_arguments({"--job-id", "job-1", "--where", "SELECT nonsense"})).code,
            ExitCode::job_failed);

  const auto outcome = monitor();

  EXPECT_EQ(outcome.code, ExitCode::job_failed);
  EXPECT_THAT(outcome.json()["job"]["failureReason"].get<std::string>(), HasSubstr("Line 1:"));
}

TEST_F(Watching, StopsAtTheJobWhenAskedTo) {
  add_chiller("a");
  schedule("job-1");

  EXPECT_EQ(monitor({"--until", "written"}).code, ExitCode::ok);
}

TEST_F(Watching, KnowsNoSuchJob) {
  const auto outcome = monitor();

  EXPECT_EQ(outcome.code, ExitCode::not_found);
  EXPECT_EQ(outcome.out, "");
}

TEST_F(Watching, SaysPendingWhenItMayNotWait) {
  add_chiller("a");
  schedule("job-1");

  EXPECT_EQ(monitor({"--once"}).code, ExitCode::pending);
}

TEST_F(Watching, TellsThatTheJobWasCancelled) {
  ASSERT_EQ(run_fwctl(hub_, schedule_arguments({"--job-id", "job-1", "--start-at", "+2h"})).code, ExitCode::ok);
  ASSERT_EQ(run_fwctl(hub_, {"job", "cancel", "job-1"}).code, ExitCode::ok);

  EXPECT_EQ(monitor().code, ExitCode::cancelled);
}

TEST_F(Watching, EndsAtTheDeadlineAndSaysHowToGoOn) {
  add_chiller("a");
  schedule("job-1");

  const auto outcome = monitor({"--timeout", "12s"});

  EXPECT_EQ(outcome.code, ExitCode::deadline_passed);
  EXPECT_EQ(outcome.json()["outcome"], "deadline_passed");
  EXPECT_EQ(outcome.json()["verdicts"], (Json{{"not_started", 1}})) << "what was seen last";
  EXPECT_THAT(outcome.err, HasSubstr("fwctl monitor job-1"));
  EXPECT_THAT(hub_.clock.slept, testing::ElementsAre(5s, 5s, 2s));
}

TEST_F(Watching, CallsASilentDeviceStuckAfterItsTime) {
  add_chiller("a");
  schedule("job-1");

  const auto outcome = monitor({"--device-timeout", "1m"});

  EXPECT_EQ(outcome.code, ExitCode::job_failed);
  EXPECT_EQ(outcome.json()["verdicts"], (Json{{"stuck", 1}}));
}

TEST_F(Watching, EndsSoonWhenEveryDeviceWasTakenOverOrDeleted) {
  add_chiller("a");
  add_chiller("b");
  schedule("job-1");
  hub_.clock.on_sleep = [this, next = hub_.clock.on_sleep] {
    next();
    if (hub_.clock.slept.size() != 2) return;
    hub_.call("PATCH", "/twins/a", {{"properties", {{"desired", {{"firmware", {{"fwVersion", "3"}}}}}}}});
    hub_.call("DELETE", "/devices/b", nullptr, {{"If-Match", "*"}});
  };

  const auto outcome = monitor();

  EXPECT_EQ(outcome.code, ExitCode::job_failed);
  EXPECT_EQ(outcome.json()["verdicts"], (Json{{"untouched", 2}}));
  EXPECT_EQ(outcome.json()["troubled"][0]["reason"], "3 is wanted of it");
  EXPECT_EQ(outcome.json()["troubled"][1]["reason"], "the device was deleted");
  EXPECT_LT(hub_.clock.uptime(), 5min);
}

TEST_F(Watching, IsNoSuccessWhenADeviceThatWasNamedIsNotThere) {
  add_chiller("a");
  reports("a", 2, applied());

  const auto outcome =
      run_fwctl(hub_, schedule_arguments({"--device", "a", "--device", "tippo", "--wait", "--timeout", "1h"}));

  EXPECT_EQ(outcome.code, ExitCode::some_failed) << outcome.err;
  EXPECT_EQ(outcome.json()["named"], 2);
  EXPECT_EQ(outcome.json()["devices"], 1);
  const auto again = run_fwctl(hub_, {"monitor", outcome.json()["jobId"], "-o", "json"});
  EXPECT_EQ(again.code, ExitCode::some_failed) << again.err;
  EXPECT_THAT(again.err, HasSubstr("2 devices were named, and the hub has 1 of them"));
}

TEST_F(Watching, GoesByTheHubsClock) {
  add_chiller("a");
  hub_.hub().set_switches({.clock_offset_s = -3600});
  schedule("job-1");
  hub_.run_due();
  hub_.clock.advance(1s);
  hub_.report(connections_.at("a"), {{"firmware", {{"currentFwVersion", "1"}, {"fwUpdateStatus", "downloading"}}}});

  const auto outcome = monitor({"--once"});

  EXPECT_EQ(outcome.code, ExitCode::pending) << outcome.out;
  EXPECT_EQ(outcome.json()["verdicts"], (Json{{"in_progress", 1}}));
}

TEST_F(Watching, SaysHowToGoOnWithTheSameFleet) {
  EXPECT_THAT(run_fwctl(hub_, {"status", "--where", "tags.x=1", "--timeout", "6s", "--device-timeout", "1500ms"}).err,
              HasSubstr("hint: to go on: fwctl status --where 'tags.x=1' --device-timeout 1500ms\n"));
}

TEST_F(Watching, OfAJobThatWritesNoFirmwareIsAMistake) {
  add_chiller("a");
  hub_.call(
      "PUT", "/jobs/v2/job-1",
      {{"type", "scheduleUpdateTwin"}, {"queryCondition", "*"}, {"updateTwin", {{"etag", "*"}, {"tags", {{"x", 1}}}}}});

  const auto outcome = monitor();

  EXPECT_EQ(outcome.code, ExitCode::usage);
  EXPECT_THAT(outcome.err, HasSubstr("hint: --until written follows the job alone"));
  hub_.call("PUT", "/jobs/v2/job-later",
            {{"type", "scheduleUpdateTwin"},
             {"queryCondition", "*"},
             {"startTime", "2026-01-01T02:00:00Z"},
             {"updateTwin", {{"etag", "*"}, {"tags", {{"x", 1}}}}}});
  EXPECT_EQ(run_fwctl(hub_, {"monitor", "job-later"}).code, ExitCode::usage);
  EXPECT_EQ(hub_.requests.size(), 2U) << "that is known from the start";
}

TEST_F(Watching, NamesTheTwinsThatWereNotWritten) {
  for (const char* id : {"a", "b", "c"}) add_chiller(id);
  hub_.hub().set_switches({.job_pace = 1});
  ASSERT_EQ(run_fwctl(hub_, schedule_arguments({"--job-id", "job-1", "--max-execution-time", "2s"})).code,
            ExitCode::ok);

  const auto outcome = monitor({"--until", "written"});

  EXPECT_EQ(outcome.code, ExitCode::some_failed) << outcome.out;
  ASSERT_FALSE(outcome.json()["troubled"].empty());
  const Json troubled = outcome.json()["troubled"][0];
  EXPECT_EQ(troubled["verdict"], "write_failed");
  EXPECT_EQ(troubled["connectionState"], "Connected") << "as its twin says";
  EXPECT_THAT(troubled["reason"].get<std::string>(), HasSubstr("JobRunPreconditionFailed"));
}

TEST_F(Watching, DetachesOnASignalAndLeavesTheJobAlone) {
  ASSERT_EQ(run_fwctl(hub_, schedule_arguments({"--job-id", "job-1", "--start-at", "+2h"})).code, ExitCode::ok);
  hub_.clock.on_sleep = [] { throw Interrupted(); };

  const auto interrupted = monitor();
  EXPECT_EQ(interrupted.code, ExitCode::interrupted);
  EXPECT_THAT(interrupted.err, HasSubstr("To go on: fwctl monitor job-1"));
  EXPECT_EQ(monitor({}, {.stop_signal = 15}).code, ExitCode::terminated);
  EXPECT_EQ(hub_.json("GET", "/jobs/v2/job-1")["status"], "scheduled");
}

TEST_F(Watching, OutlivesTroubleAndTellsItOnce) {
  add_chiller("a");
  schedule("job-1");
  hub_.let_through();  // the job
  hub_.let_through();  // its devices, counted
  hub_.answer(40, {503, {}, ""});
  reports("a", 30, applied());

  const auto outcome = monitor();

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  const std::string told = "still watching";
  const std::size_t first = outcome.err.find(told);
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(outcome.err.find(told, first + 1), std::string::npos);
}

TEST_F(Watching, WaitsForAHubThatIsThrottledFromTheStart) {
  add_chiller("a");
  hub_.report(connections_.at("a"), {{"firmware", applied()}});
  hub_.answer(30, {429, {}, ""});
  EXPECT_EQ(run_fwctl(hub_, {"status", "--until-version", "2.8.5", "--timeout", "5s"}).code, ExitCode::deadline_passed);

  hub_.clock.advance(1min);
  const auto once = run_fwctl(hub_, {"monitor", "job-1", "--once"});
  EXPECT_EQ(once.code, ExitCode::unavailable) << "who looks once does not wait";
}

TEST_F(Watching, SaysHowToGoOnWithTheSameGoal) {
  const auto outcome =
      run_fwctl(hub_, schedule_arguments({"--job-id", "job-1", "--start-at", "+1h", "--wait", "--until", "written",
                                          "--device-timeout", "1m", "--allow-empty", "--timeout", "6s"}));

  EXPECT_THAT(outcome.err, HasSubstr("hint: to go on: fwctl monitor job-1 --until written --device-timeout 60s "
                                     "--allow-empty\n"));
}

TEST_F(Watching, NamesThoseInTroubleBeforeTheEndToo) {
  for (const char* id : {"a", "b", "c"}) add_chiller(id);
  reports("a", 2, rolled_back());
  schedule("job-1");

  const auto late = monitor({"--timeout", "1m"});
  EXPECT_EQ(late.code, ExitCode::deadline_passed);
  ASSERT_EQ(late.json()["troubled"].size(), 1U) << late.out;
  EXPECT_EQ(late.json()["troubled"][0]["deviceId"], "a");
  const auto once = monitor({"--once"});
  EXPECT_EQ(once.code, ExitCode::pending);
  EXPECT_EQ(once.json()["troubled"][0]["verdict"], "rolled_back");
}

TEST_F(Watching, NamesThoseInTroubleOfALargeFleetBeforeTheEndToo) {
  for (int i = 0; i < 30; ++i) add_chiller("c" + std::to_string(i));
  reports("c7", 2, rolled_back());
  schedule("job-1");

  const auto late = monitor({"--timeout", "1m"});
  EXPECT_EQ(late.code, ExitCode::deadline_passed);
  ASSERT_EQ(late.json()["troubled"].size(), 1U) << late.out;
  EXPECT_EQ(late.json()["troubled"][0]["deviceId"], "c7");
}

TEST_F(Watching, WaitsAsLongAsTheHubSays) {
  add_chiller("a");
  schedule("job-1");
  for (int i = 0; i < 4; ++i) hub_.let_through();
  hub_.answer(99, {503, {{"Retry-After", "600"}}, ""});
  hub_.requests.clear();

  monitor({"--timeout", "19m"});

  EXPECT_EQ(hub_.requests.size(), 4U + 2U);
}

TEST_F(Watching, OutlivesAStrangerWhoAnswersOnce) {
  add_chiller("a");
  schedule("job-1");
  for (int i = 0; i < 4; ++i) hub_.let_through();
  hub_.answer(1, {302, {{"Location", "https://login.example"}}, ""});
  reports("a", 4, applied());

  const auto outcome = monitor();

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("HTTP 302; still watching"));
}

TEST_F(Watching, LooksOnceWithoutWaitingForItsBudget) {
  for (int i = 0; i < 45; ++i) add_chiller("c" + std::to_string(i));
  schedule("job-1");
  hub_.run_due();
  hub_.clock.advance(1s);
  for (const auto& [id, connection] : connections_) {
    hub_.report(connection, {{"firmware", id == "c7" ? rolled_back() : applied()}});
  }
  hub_.clock.slept.clear();

  EXPECT_EQ(monitor({"--once", "--budget", "5%"}).code, ExitCode::some_failed);
  EXPECT_TRUE(hub_.clock.slept.empty());
}

TEST_F(Watching, KeepsShowingThoseThatFailedUntilTheyComeRound) {
  for (int i = 0; i < 30; ++i) add_chiller("c" + std::to_string(i));
  schedule("job-1");
  reports("c7", 2, rolled_back());
  reports("c7", 12, applied());

  const auto outcome = run_fwctl(hub_, {"status", "--timeout", "2m", "-o", "jsonl"});

  std::istringstream lines(outcome.out);
  std::vector<std::size_t> shown;
  for (std::string line; std::getline(lines, line);) {
    const Json document = Json::parse(line);
    EXPECT_EQ(document["devicesShown"].size(), document["verdicts"].value("rolled_back", 0)) << line;
    if (shown.empty() || shown.back() != document["devicesShown"].size())
      shown.push_back(document["devicesShown"].size());
  }
  EXPECT_EQ(shown, (std::vector<std::size_t>{0, 1, 0}));
}

TEST_F(Watching, ListsThoseThatFailWhateverTheInterval) {
  for (int i = 0; i < 30; ++i) add_chiller("c" + std::to_string(i));
  schedule("job-1");
  for (std::size_t i = 0; i < 8; ++i) reports("c" + std::to_string(i), 20 + 5 * i, rolled_back());

  const auto outcome = run_fwctl(hub_, {"status", "--timeout", "3m", "--interval", "1s", "-o", "jsonl"});

  const Json last = Json::parse(outcome.out.substr(outcome.out.rfind('\n', outcome.out.size() - 2) + 1));
  EXPECT_EQ(last["verdicts"]["rolled_back"], 8);
  EXPECT_EQ(last["devicesShown"].size(), 8U);
}

TEST_F(Watching, WaitsForAJobThatOnlyTheListHasYet) {
  add_chiller("a");
  hub_.hub().set_switches({.unknown_job_s = 14});
  ASSERT_EQ(run_fwctl(hub_, schedule_arguments({"--job-id", "job-1"})).code, ExitCode::ok);
  reports("a", 20, applied());

  EXPECT_EQ(monitor().code, ExitCode::ok);
}

TEST_F(Watching, OfACancelledJobSaysNothingOfDevicesThatAreNotThere) {
  add_chiller("a");
  ASSERT_EQ(run_fwctl(hub_, schedule_arguments({"--job-id", "job-1", "--start-at", "+2h", "--device", "a"})).code,
            ExitCode::ok);
  run_fwctl(hub_, {"job", "cancel", "job-1"});

  const auto outcome = monitor();

  EXPECT_EQ(outcome.code, ExitCode::cancelled);
  EXPECT_EQ(outcome.err.find("named"), std::string::npos) << outcome.err;
}

TEST_F(Watching, TellsTroubleThatComesAgainAndAgainOnce) {
  add_chiller("a");
  schedule("job-1");
  for (int i = 0; i < 3; ++i) {
    for (int looks = 0; looks < 4; ++looks) hub_.let_through();
    hub_.answer(10, {503, {}, ""});
  }
  reports("a", 90, applied());

  const auto outcome = monitor();

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  const std::string told = "still watching";
  EXPECT_EQ(outcome.err.find(told), outcome.err.rfind(told)) << outcome.err;
}

TEST_F(Watching, OutlivesAnAnswerThatCannotBeRead) {
  add_chiller("a");
  schedule("job-1");
  for (int looks = 0; looks < 4; ++looks) hub_.let_through();
  hub_.answer(2, {200, {}, "<html>"});
  reports("a", 9, applied());

  const auto outcome = monitor();

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("is not JSON; still watching"));
}

TEST_F(Watching, EndsWhereAnswersAreNoHubs) {
  add_chiller("a");
  schedule("job-1");
  for (const int good : {0, 4}) {  // at the beginning at once, and later after a few
    for (int i = 0; i < good; ++i) hub_.let_through();
    hub_.answer(good == 0 ? 1 : 4, {200, {}, "<html>"});
    const auto outcome = monitor();
    EXPECT_EQ(outcome.code, ExitCode::failed);
    EXPECT_THAT(outcome.err, HasSubstr("hint: an IoT hub does not answer so"));
  }
}

TEST_F(Watching, DoesNotBelieveAReportFromBeforeTheJob) {
  add_chiller("a");
  hub_.report(connections_.at("a"), {{"firmware", applied()}});
  hub_.clock.advance(1s);
  schedule("job-1");

  EXPECT_EQ(monitor({"--device-timeout", "30s"}).code, ExitCode::job_failed);
}

TEST_F(Watching, ReadsADeviceThatTheConditionNoLongerSelects) {
  add_chiller("a");
  reports("a", 2, applied());
  schedule("job-1");
  monitor({"--until", "written"});
  hub_.call("PATCH", "/twins/a", {{"tags", {{"devicetype", "retired"}}}});

  EXPECT_EQ(monitor().code, ExitCode::ok);
}

TEST_F(Watching, ScheduleWaitsWhenAskedTo) {
  add_chiller("a");
  reports("a", 2, applied());

  const auto outcome = run_fwctl(hub_, schedule_arguments({"--wait", "--timeout", "5m"}));

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_EQ(outcome.json()["outcome"], "succeeded");
}

TEST_F(Watching, StatusCountsTheFleet) {
  add_chiller("a");
  hub_.create_device("pump", {{"devicetype", "pump"}});

  const auto chillers = run_fwctl(hub_, {"status", "--once", "-o", "json"});
  EXPECT_EQ(chillers.code, ExitCode::ok);
  EXPECT_EQ(chillers.json()["devices"], 1);
  EXPECT_EQ(chillers.json()["verdicts"], (Json{{"untouched", 1}}));

  const auto none = run_fwctl(hub_, {"status", "--once", "-o", "json", "--where", "tags.devicetype='x'"});
  EXPECT_EQ(none.code, ExitCode::ok);
  EXPECT_EQ(none.json()["verdicts"], Json::object());
}

TEST_F(Watching, StatusWaitsForAVersionAndExitsLikeMonitor) {
  add_chiller("a");
  reports("a", 2, applied());
  schedule("job-1");

  EXPECT_EQ(run_fwctl(hub_, {"status", "--until-version", "2.8.5", "--timeout", "5m", "-o", "json"}).code,
            ExitCode::ok);
  EXPECT_EQ(run_fwctl(hub_, {"status", "--until-version", "9", "--timeout", "30s"}).code, ExitCode::deadline_passed);
  EXPECT_EQ(run_fwctl(hub_, {"status", "--until-version", "9", "--once"}).code, ExitCode::pending);
}

TEST_F(Watching, StatusTakesNoNumberThatCountsNothing) {
  for (const char* count : {"-1", "1.5", "\"3\"", "null"}) {
    hub_.answer(1, {200, {}, std::string(R"([{"n":)") + count + "}]"});
    const auto outcome = run_fwctl(hub_, {"status", "--once"});
    EXPECT_EQ(outcome.code, ExitCode::failed) << outcome.out;
    EXPECT_THAT(outcome.err, HasSubstr("the hub's answer for a count has no number"));
  }
}

TEST_F(Watching, StatusRefusesADocumentWithoutAnEnd) {
  EXPECT_EQ(run_fwctl(hub_, {"status", "-o", "json"}).code, ExitCode::usage);
  EXPECT_TRUE(hub_.requests.empty());
}

}  // namespace
}  // namespace fwctl::cli
