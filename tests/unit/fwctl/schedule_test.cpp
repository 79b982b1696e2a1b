#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/run_fwctl.hpp"

namespace fwctl::cli {
namespace {

using test::FlakyHub;
using test::Outcome;
using testing::HasSubstr;
using testing::Not;
using Json = test::HubFixture::Json;

class Schedule : public testing::Test {
 protected:
  Outcome run(const std::vector<std::string>& more, const std::string& uri = "https://h/p.bin",
              const test::Setup& setup = {}) {
    std::vector<std::string> arguments{"schedule", "--fw-version", "2.8.5", "--package-uri", uri, "-o", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return test::run_fwctl(hub_, arguments, setup);
  }
  Outcome submit(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"--check-value", "c", "--job-id", "job-1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  Json stored() { return hub_.json("GET", "/jobs/v2/job-1"); }

  FlakyHub hub_;
};

TEST_F(Schedule, SubmitsTheTutorialsPatch) {
  const Outcome outcome = submit();

  ASSERT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_EQ(stored()["queryCondition"], "tags.devicetype='chiller'");
  EXPECT_EQ(
      nlohmann::json(stored()["updateTwin"]["properties"]),
      nlohmann::json::parse(
          R"({"desired":{"patchId":"Firmware update","firmware":{"fwVersion":"2.8.5","fwPackageURI":"https://h/p.bin","fwPackageCheckValue":"c"}}})"));
  EXPECT_EQ(outcome.json()["jobId"], "job-1");
  EXPECT_THAT(outcome.err, HasSubstr("fwctl monitor job-1"));
}

TEST_F(Schedule, DerivesAJobIdThatEveryHubTakes) {
  const Outcome outcome = run({"--check-value", "c"});

  EXPECT_THAT(outcome.json()["jobId"].get<std::string>(),
              testing::MatchesRegex("fw-2-8-5-20260101t000000-[0-9a-f]{4}"));
}

TEST_F(Schedule, TakesTheDigestOfThePackage) {
  const std::string path = testing::TempDir() + "fwctl-package.bin";
  std::ofstream(path) << "abc";

  const Outcome outcome = run({"--package-file", path});

  EXPECT_EQ(outcome.json()["firmware"]["fwPackageCheckValue"],
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(Schedule, NamesDevicesOneByOne) {
  submit({"--device", "a", "--device", "it's"});

  EXPECT_EQ(stored()["queryCondition"], R"(deviceId IN ['a', 'it\'s'])");
}

TEST_F(Schedule, ReadsDevicesFromAFile) {
  const Outcome outcome =
      run({"--check-value", "c", "--job-id", "job-1", "--devices-file", "-"}, "https://h/p", {.input = "a\r\n\n b \n"});

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_EQ(stored()["queryCondition"], "deviceId IN ['a', 'b']");
}

TEST_F(Schedule, RefusesWhatIsWrongAndSendsNothing) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong{
      {{}, "--check-value or --package-file"},
      {{"--check-value", "c", "--package-file", "f"}, "--check-value or --package-file"},
      {{"--package-file", "/nonexistent"}, "cannot read the package from"},
      {{"--check-value", "c", "--job-id", "Fw_1"}, "--job-id"},
      {{"--check-value", "c", "--where", "*"}, "every device"},
      {{"--check-value", "c", "--where", "x=1", "--device", "a"}, "--where excludes --device"},
      {{"--check-value", "c", "--where", " * "}, "every device"},
      {{"--check-value", "c", "--where", " "}, "--where is empty"},
      {{"--check-value", "c", "--where", std::string(8200, 'x')}, "the hub takes"},
      {{"--check-value", "c", "--start-at", "+200h"}, "168 hours"},
      {{"--check-value", "c", "--start-at", "+169h"}, "168 hours"},
      {{"--check-value", "c", "--start-at", "2026-01-08T02:00:00Z"}, "168 hours"},
      {{"--check-value", "c", "--start-at", "2026-01-01T05:00:00"}, "takes a time such as"},
      {{"--check-value", "c", "--job-id", "-x"}, "begins with a hyphen"},
      {{"--check-value", "c", "--job-id", "fw-1-of-3"}, "what the part of a job is called"},
      {{"--check-value", "c", "--connection-string-file", "-", "--devices-file", "-"}, "names no device"},
      {{"--check-value", "c", "--start-at", "tomorrow"}, "--start-at"}};
  for (const auto& [arguments, why] : wrong) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, ExitCode::usage) << why;
    EXPECT_THAT(outcome.err, HasSubstr(why));
    EXPECT_EQ(outcome.out, "");
  }
  EXPECT_EQ(run({"--check-value", "c"}, "http://h/p").code, ExitCode::usage);
  EXPECT_TRUE(hub_.requests.empty());
}

TEST_F(Schedule, StartsByTheHubsClock) {
  hub_.hub().set_switches({.clock_offset_s = 3000});

  const Outcome outcome = submit({"--start-at", "+30m"});

  EXPECT_EQ(stored()["startTime"], "2026-01-01T01:20:00.0000000Z");
  EXPECT_EQ(outcome.json()["startTime"], "2026-01-01T01:20:00.000Z");
  EXPECT_EQ(outcome.json()["status"], "scheduled");
}

TEST_F(Schedule, KnowsByTheHubsClockThatAStartHasPassedOrIsTooFar) {
  hub_.hub().set_switches({.clock_offset_s = 3000});
  const Outcome passed = submit({"--start-at", "2026-01-01T00:30:00Z"});
  EXPECT_THAT(passed.err, HasSubstr("--start-at has passed: the job starts at once"));
  EXPECT_EQ(passed.json()["startTime"], "2026-01-01T00:50:00.000Z") << "as the hub has it";

  EXPECT_EQ(run({"--check-value", "c", "--job-id", "far", "--start-at", "2026-01-08T00:30:00Z"}).code, ExitCode::ok)
      << "167 hours and a half ahead of the hub's clock";
  hub_.hub().set_switches({.clock_offset_s = -3000});
  const Outcome far = run({"--check-value", "c", "--job-id", "farther", "--start-at", "2026-01-07T23:30:00Z"});
  EXPECT_EQ(far.code, ExitCode::usage);
  EXPECT_THAT(far.err, HasSubstr("168 hours"));
  EXPECT_EQ(hub_.requests.back().method, "GET") << "and no job was made";
}

TEST_F(Schedule, OfAJobThatFailsAtOnceIsNoSuccess) {
  const Outcome outcome = submit({"--where", "no condition (("});

  EXPECT_EQ(outcome.code, ExitCode::job_failed);
  EXPECT_EQ(outcome.json()["status"], "failed");
  EXPECT_THAT(outcome.err, HasSubstr("job job-1 has failed already: "));
}

TEST_F(Schedule, TakesTheWholeHubWhenThatIsConfirmed) {
  EXPECT_EQ(submit({"--where", "*", "--confirm"}).code, ExitCode::ok);
}

TEST_F(Schedule, ShowsADryRunAndWritesNothing) {
  hub_.create_device("a", {{"devicetype", "chiller"}});
  hub_.report(hub_.connect("a"), {{"firmware", {{"currentFwVersion", "1.0.0"}}}});

  const Outcome outcome = submit({"--dry-run"});

  ASSERT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_EQ(outcome.json()["devices"], 1);
  EXPECT_EQ(outcome.json()["runs"].dump(), R"([{"version":"1.0.0","devices":1}])");
  EXPECT_EQ(outcome.json()["request"]["body"]["jobId"], "job-1");
  EXPECT_EQ(stored()["status"], "unknown");
}

TEST_F(Schedule, IsRefusedWithAWrongKey) {
  const Outcome outcome =
      run({"--check-value", "c"}, "https://h/p",
          {.env = {{"IOTHUB_CONNECTION_STRING",
                    "HostName=localhost;SharedAccessKeyName=iothubowner;SharedAccessKey=d3Jvbmc="}}});

  EXPECT_EQ(outcome.code, ExitCode::denied);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, Not(HasSubstr("d3Jvbmc=")));
}

}  // namespace
}  // namespace fwctl::cli
