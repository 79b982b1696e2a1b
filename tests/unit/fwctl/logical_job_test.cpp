#include <fmt/format.h>
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
using testing::SizeIs;
using Json = test::HubFixture::Json;

constexpr int fleet = 1200;  // devices that take three jobs

/// A list of devices so long that it takes three jobs of the hub, some of whose devices are there.
class LogicalJob : public testing::Test {
 protected:
  static std::string name(int number) { return fmt::format("device-{:04}", number); }

  /// Each `step`th device of the list is there, and connected.
  void add_devices(int step) {
    for (int i = 0; i < fleet; i += step) {
      hub_.create_device(name(i));
      connections_[name(i)] = hub_.connect(name(i));
    }
  }

  Outcome submit(const std::vector<std::string>& more = {}, int devices = fleet) {
    std::string lines;
    for (int i = 0; i < devices; ++i) lines += name(i) + "\n";
    return test::schedule_list(hub_, lines, more);
  }
  Outcome monitor(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"monitor", "fw", "--timeout", "2h", "-o", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_fwctl(hub_, arguments);
  }

  /// All devices but those report that they run the version, once the clock has slept so many times.
  void all_report(std::size_t after, const std::set<std::string>& but = {}) {
    hub_.clock.on_sleep = [this, after, but, next = hub_.clock.on_sleep] {
      next();
      if (hub_.clock.slept.size() != after) return;
      for (const auto& [id, connection] : connections_) {
        const char* status = but.contains(id) ? "error" : "current";
        hub_.report(connection, {{"firmware", {{"currentFwVersion", "2.8.5"}, {"fwUpdateStatus", status}}}});
      }
    };
  }

  /// A job that brings 2.8.5, as somebody else might make it.
  void put(const std::string& id, const std::string& condition) {
    hub_.call(
        "PUT", "/jobs/v2/" + id,
        {{"type", "scheduleUpdateTwin"},
         {"queryCondition", condition},
         {"updateTwin", Json::parse(R"({"etag":"*","properties":{"desired":{"firmware":{"fwVersion":"2.8.5"}}}})")}});
  }

  std::int64_t queries() const {
    return std::count_if(hub_.requests.begin(), hub_.requests.end(),
                         [](const HttpRequest& request) { return request.target.starts_with("/devices/query"); });
  }

  FlakyHub hub_;
  std::map<std::string, localhub::ConnectionId> connections_;
};

TEST_F(LogicalJob, IsFollowedByItsNameToOneResult) {
  add_devices(1);
  ASSERT_EQ(submit().code, ExitCode::ok);
  all_report(3);

  const Outcome outcome = monitor();

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  const Json document = outcome.json();
  EXPECT_EQ(document["jobId"], "fw");
  EXPECT_EQ(document["devices"], fleet);
  EXPECT_EQ(document["written"]["succeeded"], fleet);
  EXPECT_EQ(document["verdicts"], (Json{{"applied", fleet}}));
  EXPECT_EQ(document["partCount"], 3);
  EXPECT_THAT(document["jobs"], SizeIs(3));
}

TEST_F(LogicalJob, IsWaitedForToOneExitCode) {
  add_devices(20);
  all_report(4, {"device-0100", "device-1100"});

  const Outcome outcome = submit({"--wait", "--timeout", "1h"});

  EXPECT_EQ(outcome.code, ExitCode::some_failed) << outcome.err;
  EXPECT_EQ(outcome.json()["verdicts"], (Json{{"applied", 58}, {"failed", 2}}));
  EXPECT_EQ(outcome.json()["named"], 1200);
  EXPECT_THAT(outcome.json()["troubled"], SizeIs(2));
  EXPECT_THAT(outcome.err, HasSubstr("1200 devices were named, and the hub has 60 of them"));
}

TEST_F(LogicalJob, CountsItsDevicesByOneQueryHoweverManyPartsItHas) {
  add_devices(20);
  submit();
  hub_.requests.clear();

  run_fwctl(hub_, {"monitor", "fw", "--timeout", "6s", "--budget", "off"});

  EXPECT_EQ(queries(), 2) << "one for each look";
}

TEST_F(LogicalJob, OfWhichPartsAreMissingAsksForTheFirstOfThem) {
  add_devices(20);
  hub_.hub().set_switches({.tier = "S1", .job_pace = 1});
  ASSERT_EQ(submit({"--timeout", "5s"}).code, ExitCode::deadline_passed) << "one slot: the first part runs";
  for (int i = 0; i < 60; ++i) hub_.clock.sleep_for(1s);
  hub_.requests.clear();

  const Outcome outcome = monitor({"--once"});

  EXPECT_EQ(outcome.json()["jobs"][0]["status"], "completed");
  EXPECT_EQ(outcome.json()["status"], "running") << "as a whole";
  const auto gets = std::count_if(hub_.requests.begin(), hub_.requests.end(), [](const HttpRequest& request) {
    return request.target.starts_with("/jobs/v2/fw-");
  });
  EXPECT_EQ(gets, 2) << "the part that is there, and the next";
}

TEST_F(LogicalJob, CountsNoDeviceThatAnotherJobAskedForTheSameVersion) {
  add_devices(20);
  hub_.create_device("stranger", {{"devicetype", "stranger"}});
  submit();
  run_fwctl(hub_, {"schedule", "--fw-version", "2.8.5", "--package-uri", "https://h/p.bin", "--check-value", "c",
                   "--device", "stranger"});
  all_report(3);
  const auto start = hub_.clock.uptime();

  const Outcome outcome = monitor();

  EXPECT_LT(hub_.clock.uptime() - start, 5min) << "the stranger, who does nothing, is not waited for";
  EXPECT_EQ(outcome.code, ExitCode::some_failed) << outcome.err;
  EXPECT_EQ(outcome.json()["devices"], 60);
  EXPECT_EQ(outcome.json()["verdicts"], (Json{{"applied", 60}}));
}

TEST_F(LogicalJob, TakesNoStrangerForADeviceThatIsGone) {
  add_devices(10);
  hub_.create_device("stranger");
  connections_["stranger"] = hub_.connect("stranger");
  submit();
  hub_.run_due();
  hub_.call("DELETE", "/devices/" + name(100), nullptr, {{"If-Match", "*"}});
  connections_.erase(name(100));
  put("other", "deviceId = 'stranger'");
  all_report(3);

  const Outcome outcome = monitor();

  EXPECT_EQ(outcome.code, ExitCode::some_failed) << outcome.err;
  EXPECT_EQ(outcome.json()["verdicts"], (Json{{"applied", 119}, {"untouched", 1}}));
}

TEST_F(LogicalJob, IsNotOverWhileAPartIsNotSubmitted) {
  add_devices(20);
  hub_.hub().set_switches({.tier = "S1", .job_pace = 1});
  ASSERT_EQ(submit({"--timeout", "25s"}).code, ExitCode::deadline_passed) << "one slot: the first part runs";
  all_report(hub_.clock.slept.size() + 5);

  const Outcome before = monitor({"--timeout", "5m"});
  EXPECT_EQ(before.code, ExitCode::deadline_passed) << before.err;
  EXPECT_THAT(before.err, HasSubstr("parts not submitted yet"));
  EXPECT_EQ(before.json()["partCount"], 3);
  EXPECT_EQ(monitor({"--once"}).code, ExitCode::pending);
}

TEST_F(LogicalJob, IsCancelledWhenAPartWasAndTheOthersWereNeverSubmitted) {
  hub_.hub().set_switches({.tier = "S1", .job_pace = 1});
  submit({"--start-at", "+2h", "--timeout", "10s"});
  ASSERT_EQ(run_fwctl(hub_, {"job", "cancel", "fw"}).code, ExitCode::ok);

  EXPECT_EQ(monitor().code, ExitCode::cancelled);
}

TEST_F(LogicalJob, FailsInPartWithAPartThatFails) {
  add_devices(400);  // none but the first device of each part
  submit();
  put("other-1-of-2", "deviceId IN ['device-0000']");
  put("other-2-of-2", "nonsense =");
  all_report(3);

  EXPECT_EQ(run_fwctl(hub_, {"monitor", "other", "--timeout", "1h"}).code, ExitCode::some_failed);
}

TEST_F(LogicalJob, IsNotMadeUnderTheNameOfAnotherThatHasMoreOrFewerParts) {
  ASSERT_EQ(submit().code, ExitCode::ok);
  const Outcome fewer = submit({}, 700);
  EXPECT_EQ(fewer.code, ExitCode::conflict);
  EXPECT_THAT(fewer.err, HasSubstr("job fw exists already, of 3 parts\n"));

  put("solo", "deviceId = 'device-0000'");
  EXPECT_EQ(submit({"--job-id", "solo"}).code, ExitCode::conflict);
  EXPECT_EQ(run_fwctl(hub_, {"job", "show", "solo-1-of-3"}).code, ExitCode::not_found);
}

TEST_F(LogicalJob, OfTwoListsIsAConflictThatNamesAPart) {
  ASSERT_EQ(submit().code, ExitCode::ok);
  put("fw-1-of-2", "deviceId = 'device-0000'");

  const Outcome outcome = monitor();

  EXPECT_EQ(outcome.code, ExitCode::conflict);
  EXPECT_THAT(outcome.err, HasSubstr("hint: name one part: fw-1-of-2"));
  EXPECT_EQ(run_fwctl(hub_, {"job", "show", "fw-1-of-2"}).code, ExitCode::ok);
}

TEST_F(LogicalJob, IsShownPartByPart) {
  submit();

  EXPECT_THAT(run_fwctl(hub_, {"job", "show", "fw", "-o", "json"}).json()["jobs"], SizeIs(3));
  EXPECT_THAT(run_fwctl(hub_, {"job", "show", "fw"}).out, HasSubstr("fw-3-of-3"));
  EXPECT_EQ(run_fwctl(hub_, {"job", "show", "f"}).code, ExitCode::not_found);
}

TEST_F(LogicalJob, ListsTheDevicesOfAllItsParts) {
  add_devices(20);
  submit();
  run_fwctl(hub_, {"monitor", "fw", "--until", "written"});

  EXPECT_THAT(run_fwctl(hub_, {"job", "devices", "fw", "-o", "json"}).json()["deviceJobs"], SizeIs(60));
  EXPECT_THAT(run_fwctl(hub_, {"job", "devices", "fw", "--limit", "45", "-o", "json"}).json()["deviceJobs"],
              SizeIs(45));
}

TEST_F(LogicalJob, IsCancelledWholeWhileItWaits) {
  submit({"--start-at", "+2h"});

  const Outcome outcome = run_fwctl(hub_, {"job", "cancel", "fw", "-o", "json"});

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  const Json document = outcome.json();
  ASSERT_THAT(document["jobs"], SizeIs(3));
  for (const Json& job : document["jobs"]) EXPECT_EQ(job["status"], "cancelled");
  EXPECT_EQ(monitor().code, ExitCode::cancelled);
  EXPECT_EQ(run_fwctl(hub_, {"job", "cancel", "fw"}).code, ExitCode::ok) << "again";
}

TEST_F(LogicalJob, OfWhichAPartHasRunIsAConflictWhenCancelled) {
  submit({"--start-at", "+2h"});
  hub_.call("POST", "/jobs/v2/fw-2-of-3/cancel");
  submit();
  hub_.clock.advance(3h);
  hub_.run_due();

  const Outcome outcome = run_fwctl(hub_, {"job", "cancel", "fw"});

  EXPECT_EQ(outcome.code, ExitCode::conflict);
  EXPECT_THAT(outcome.err, HasSubstr("2 of 3 parts of job fw run or have ended; the others are cancelled"));
}

}  // namespace
}  // namespace fwctl::cli
