#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "cmd/fwctl/commands/job_ids.hpp"
#include "cmd/fwctl/commands/targets.hpp"
#include "fwctl/base/error.hpp"
#include "tests/support/run_fwctl.hpp"

namespace fwctl::cli {
namespace {

using namespace std::chrono_literals;
using test::FlakyHub;
using test::Outcome;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Le;
using testing::Not;
using testing::SizeIs;
using Json = test::HubFixture::Json;

/// device-0000, device-0001, …, one a line.
std::string lines_of(int count, const std::string& end = "\n") {
  std::string lines;
  for (int i = 0; i < count; ++i) lines += fmt::format("device-{:04}{}", i, end);
  return lines;
}

class TargetList : public testing::Test {
 protected:
  /// Schedules for the devices that standard input names.
  Outcome submit(const std::string& lines, const std::vector<std::string>& more = {}) {
    return test::schedule_list(hub_, lines, more);
  }
  void expect_refused(const std::string& lines, const std::string& why, const std::vector<std::string>& more = {}) {
    const Outcome outcome = submit(lines, more);
    EXPECT_EQ(outcome.code, ExitCode::usage) << why;
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, HasSubstr(why));
    EXPECT_TRUE(hub_.requests.empty());
  }
  Json stored(const std::string& id) { return hub_.json("GET", "/jobs/v2/" + id); }
  /// The ids of all jobs that the hub has.
  std::vector<std::string> job_ids() {
    std::vector<std::string> ids;
    for (const Json& job : hub_.json("GET", "/jobs/v2/query")) ids.push_back(job.at("jobId"));
    return ids;
  }
  std::vector<std::string> conditions() {
    std::vector<std::string> texts;
    for (const Json& job : hub_.json("GET", "/jobs/v2/query")) texts.push_back(job.at("queryCondition"));
    return texts;
  }
  /// One slot for jobs, and one device a second.
  void give_one_slot() { hub_.hub().set_switches({.tier = "S1", .job_pace = 1}); }

  FlakyHub hub_;
};

TEST_F(TargetList, ThatFitsIsOneJobOfThePlainName) {
  const Outcome outcome = submit(lines_of(400));

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_THAT(job_ids(), ElementsAre("fw"));
  EXPECT_EQ(outcome.json()["named"], 400);
}

TEST_F(TargetList, OfAnyLengthIsOneLogicalJob) {
  const Outcome outcome = submit(lines_of(1200));

  ASSERT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_THAT(job_ids(), ElementsAre("fw-1-of-3", "fw-2-of-3", "fw-3-of-3"));
  EXPECT_EQ(outcome.json()["jobId"], "fw");
  EXPECT_EQ(outcome.json()["named"], 1200);
  EXPECT_THAT(outcome.json()["parts"], SizeIs(3));
  EXPECT_EQ(outcome.json()["parts"][2]["jobId"], "fw-3-of-3");
}

TEST_F(TargetList, IsCutWhereTheHubTakesItAndLosesNoDevice) {
  submit(lines_of(1200));

  std::string all;
  for (const std::string& condition : conditions()) {
    EXPECT_LT(condition.size() + std::string("SELECT * FROM devices WHERE ").size(), 8192U);
    EXPECT_EQ(stored("fw-1-of-3")["status"], "completed") << "the hub's own parser takes it";
    all += condition;
  }
  for (int i = 0; i < 1200; ++i) EXPECT_THAT(all, HasSubstr(fmt::format("'device-{:04}'", i)));
}

TEST_F(TargetList, IsCutByWhatStandsInTheConditionAndNotByTheNames) {
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += std::string(120, '\'') + std::to_string(i) + "\n";

  submit(lines);

  EXPECT_THAT(conditions(), SizeIs(4));
  for (const std::string& condition : conditions()) EXPECT_LT(condition.size(), 8192U - 28);
}

TEST_F(TargetList, ReachesEveryDevice) {
  for (int i = 0; i < 1200; i += 100) hub_.create_device(fmt::format("device-{:04}", i));

  submit(lines_of(1200));

  hub_.run_due();
  for (int i = 0; i < 1200; i += 100) {
    EXPECT_EQ(hub_.twin(fmt::format("device-{:04}", i))["properties"]["desired"]["firmware"]["fwVersion"], "2.8.5");
  }
}

TEST_F(TargetList, IsTheSameHoweverItIsWrittenDown) {
  submit("b\na\nc\n");
  EXPECT_EQ(stored("fw")["queryCondition"], "deviceId IN ['a', 'b', 'c']");

  EXPECT_EQ(submit("\xEF\xBB\xBF"
                   "c\r\n  a\t\r\n\r\nb\r\na",
                   {"--device", "c"})
                .code,
            ExitCode::ok);
}

TEST_F(TargetList, KnowsNoComments) {
  submit("#1\n# \n");

  EXPECT_EQ(stored("fw")["queryCondition"], "deviceId IN ['#', '#1']");
}

TEST_F(TargetList, IsRefusedWhenNoDeviceCanBeCalledSo) {
  expect_refused("a\nb c\n", "standard input, line 2: a device id has no blank");
  expect_refused("a/b", "standard input, line 1: a device id has no '/'");
  expect_refused("d\xC3\xA9vice", "a device id has no byte 0xc3");
  expect_refused(std::string("a\0b\n", 4), "a device id has no byte 0x00");
  expect_refused("\n" + std::string(129, 'a'), "standard input, line 2: a device id has 1 to 128 characters, not 129");
  expect_refused(std::string(3000, ' ') + "a", "a device id has 1 to 128 characters");
  expect_refused("\n \r\n", "names no device");
  expect_refused("a", "--device is empty", {"--device", ""});
  expect_refused("a", "--device: a device id has no '/'", {"--device", "x/,"});
}

TEST_F(TargetList, TakesTheLongestNames) {
  const std::string longest(128, 'a');

  EXPECT_EQ(submit(longest).code, ExitCode::ok);
  EXPECT_EQ(stored("fw")["queryCondition"], "deviceId IN ['" + longest + "']");
}

TEST_F(TargetList, OfConnectionStringsIsRefusedAndNotRepeated) {
  const Outcome outcome = submit("HostName=h;DeviceId=d;SharedAccessKey=c2VjcmV0\n");

  EXPECT_EQ(outcome.code, ExitCode::usage);
  EXPECT_THAT(outcome.err, HasSubstr("a connection string is no device id"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("c2VjcmV0")));
}

TEST_F(TargetList, ThatCannotBeReadIsRefused) {
  for (const char* path : {"/nonexistent", "/"}) {
    const Outcome outcome = test::run_fwctl(hub_, {"schedule", "--fw-version", "2", "--package-uri", "https://h/p",
                                                   "--check-value", "c", "--devices-file", path});
    EXPECT_EQ(outcome.code, ExitCode::usage);
    EXPECT_THAT(outcome.err, HasSubstr("read"));
    EXPECT_THAT(outcome.err, HasSubstr(path));
  }
  const Outcome endless = test::run_fwctl(hub_, {"schedule", "--fw-version", "2", "--package-uri", "https://h/p",
                                                 "--check-value", "c", "--devices-file", "/dev/zero"});
  EXPECT_EQ(endless.code, ExitCode::usage);
}

TEST_F(TargetList, NeedsRoomInTheNameForItsParts) {
  expect_refused(lines_of(1200), "its 3 parts are called", {"--job-id", std::string(58, 'a')});
  EXPECT_EQ(submit(lines_of(1200), {"--job-id", std::string(57, 'a')}).code, ExitCode::ok);
}

TEST_F(TargetList, OfSeveralPartsIsSubmittedOneByOneOnAHubWithOneSlot) {
  for (int i = 0; i < 1200; i += 100) hub_.create_device(fmt::format("device-{:04}", i));
  give_one_slot();
  hub_.requests.clear();

  const Outcome outcome = submit(lines_of(1200));

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_THAT(job_ids(), SizeIs(3));
  EXPECT_THAT(outcome.err, HasSubstr("job fw-1-of-3 (running since 2026-01-01T00:00:00.000Z) holds the slot"));
  EXPECT_THAT(outcome.err, HasSubstr("fwctl: 3 of 3: fw-3-of-3\n"));
  for (const HttpRequest& request : hub_.requests) EXPECT_THAT(request.target, Not(HasSubstr("/devices/query")));
}

TEST_F(TargetList, GoesOnWhereItWasInterrupted) {
  for (int i = 0; i < 1200; i += 100) hub_.create_device(fmt::format("device-{:04}", i));
  give_one_slot();
  const auto next = hub_.clock.on_sleep;
  hub_.clock.on_sleep = [] { throw Interrupted(); };

  const Outcome first = submit(lines_of(1200));
  EXPECT_EQ(first.code, ExitCode::interrupted);
  EXPECT_EQ(first.out, "");
  EXPECT_THAT(first.err, HasSubstr("1 of 3 parts of job fw are submitted"));
  EXPECT_THAT(first.err, HasSubstr("To go on: run the same command again"));
  EXPECT_THAT(job_ids(), ElementsAre("fw-1-of-3"));

  hub_.clock.on_sleep = next;
  const Outcome second = submit(lines_of(1200));
  EXPECT_EQ(second.code, ExitCode::ok) << second.err;
  EXPECT_THAT(job_ids(), ElementsAre("fw-1-of-3", "fw-2-of-3", "fw-3-of-3"));
}

TEST_F(TargetList, TellsHowFarItCameAtTheTimeout) {
  give_one_slot();

  const Outcome outcome = submit(lines_of(1200), {"--start-at", "+1h", "--timeout", "1m"});

  EXPECT_EQ(outcome.code, ExitCode::deadline_passed);
  EXPECT_THAT(outcome.err, HasSubstr("1 of 3 parts of job fw are submitted"));
  EXPECT_THAT(outcome.err, HasSubstr("to go on: run the same command again with --start-at 2026-01-01T01:00:00.000Z"));
}

TEST_F(TargetList, DoesNotWaitForTheJobsOfOthersUnlessAsked) {
  give_one_slot();
  hub_.create_device("pump", {{"devicetype", "chiller"}});
  hub_.call("PUT", "/jobs/v2/other-1-of-2",
            {{"type", "scheduleUpdateTwin"},
             {"queryCondition", "deviceId = 'pump'"},
             {"startTime", "2026-01-01T01:00:00Z"},
             {"updateTwin", {{"etag", "*"}, {"tags", {{"x", 1}}}}}});

  EXPECT_EQ(submit(lines_of(1200)).code, ExitCode::unavailable);
  EXPECT_EQ(submit(lines_of(1200), {"--wait-for-slot"}).code, ExitCode::ok);
}

TEST_F(TargetList, WithAStartSaysThatLaterPartsWaitForItOnASmallHub) {
  give_one_slot();

  const Outcome outcome = submit(lines_of(1200), {"--start-at", "+1h"});

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("all 3 parts start at 2026-01-01T01:00:00.000Z, but a hub lets 1 (S1)"));
  EXPECT_GE(hub_.clock.uptime(), 1h);
  EXPECT_EQ(stored("fw-3-of-3")["status"], "completed");
}

TEST_F(TargetList, OfAnotherContentUnderThatNameIsAConflictAndTellsHowFarItCame) {
  submit(lines_of(1200));

  const Outcome outcome = submit("zzz\n" + lines_of(1200));

  EXPECT_EQ(outcome.code, ExitCode::conflict);
  EXPECT_THAT(outcome.err, HasSubstr("2 of 3 parts of job fw are submitted"));
  EXPECT_THAT(outcome.err, HasSubstr("job fw-3-of-3 exists already with other content: queryCondition"));
}

TEST_F(TargetList, IsShownByADryRunPartByPart) {
  hub_.create_device("device-0001");
  hub_.report(hub_.connect("device-0001"), {{"firmware", {{"currentFwVersion", "1.0.0"}}}});
  hub_.create_device("device-1100");

  const Outcome outcome = submit(lines_of(1200), {"--dry-run"});

  ASSERT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  const Json document = outcome.json();
  EXPECT_EQ(document["named"], 1200);
  EXPECT_EQ(document["devices"], 2);
  EXPECT_EQ(document["runs"].dump(), R"([{"version":null,"devices":1},{"version":"1.0.0","devices":1}])");
  EXPECT_THAT(document["parts"], SizeIs(3));
  int named = 0;
  for (const Json& part : document["parts"]) named += part["named"].get<int>();
  EXPECT_EQ(named, 1200);
  EXPECT_EQ(document["request"]["body"]["jobId"], "fw-1-of-3");
  EXPECT_TRUE(job_ids().empty());
}

TEST_F(TargetList, OfManyPartsIsNotLookedUpByADryRun) {
  const Outcome outcome = submit(lines_of(10'000), {"--dry-run"});

  ASSERT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_THAT(outcome.json()["parts"], SizeIs(testing::Gt(10U)));
  EXPECT_EQ(outcome.json()["devices"], nullptr);
  EXPECT_TRUE(hub_.requests.empty());
}

TEST(PartIds, AreReadAsTheyAreWritten) {
  const auto part = parse_part_id(part_id("fw-2-of-3", 2, 12));

  ASSERT_TRUE(part);
  EXPECT_EQ(part->logical, "fw-2-of-3");
  EXPECT_EQ(part->number, 2U);
  EXPECT_EQ(part->count, 12U);
  EXPECT_EQ(part_id("fw", 1, 1), "fw");
}

TEST(PartIds, AreNotSeenInOtherNames) {
  for (const char* id : {"", "fw", "fw-1", "fw-1-of", "fw-1-of-", "fw-0-of-3", "fw-4-of-3", "fw-1-of-1", "fw-01-of-3",
                         "fw-1-of-03", "-1-of-3", "1-of-3", "fw1-of-3x", "fw-x-of-3", "fw-1-of-99999999999999999999"}) {
    EXPECT_FALSE(parse_part_id(id)) << id;
  }
}

TEST(NamedIn, CountsTheDevicesOfAList) {
  EXPECT_EQ(named_in("deviceId IN ['a']"), 1U);
  EXPECT_EQ(named_in(R"(deviceId IN ['a', 'it\'s', 'b, c', 'a'])"), 3U);
  for (const char* other : {"", "*", "deviceId IN []", "deviceId IN ['a", "deviceId IN ['a' 'b']",
                            "deviceId IN ['a'] OR tags.x IN ['b']", "tags.x IN ['a']"}) {
    EXPECT_EQ(named_in(other), 0U) << other;
  }
}

}  // namespace
}  // namespace fwctl::cli
