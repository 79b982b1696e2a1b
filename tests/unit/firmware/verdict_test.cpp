#include "fwctl/firmware/verdict.hpp"

#include <gtest/gtest.h>

#include <ostream>

#include "fwctl/base/iso8601.hpp"
#include "fwctl/iothub/error.hpp"

namespace fwctl::firmware {

void PrintTo(VerdictKind kind, std::ostream* out) { *out << to_text(kind); }

namespace {

using std::chrono::minutes;

const Time asked = *parse_iso8601("2026-01-01T12:00:00Z");
const Time before = asked - minutes{1};
const Time after = asked + minutes{1};
const Time soon = asked + minutes{2};
const Time late = asked + minutes{60};

Evidence device(Status status, const std::string& current, Time reported_at, const std::string& pending = "") {
  return {.device_id = "d",
          .desired = Desired{"2.8.5", "https://h/p", "x"},
          .desired_at = asked,
          .reported = Reported{current, pending, status, "words", "", ""},
          .reported_at = reported_at,
          .connected = true,
          .last_activity = reported_at};
}

Evidence gone(Evidence evidence) {
  evidence.connected = false;
  return evidence;
}

Evidence silent() {
  Evidence evidence = device(Status::current, "1.0.0", before);
  evidence.reported.reset();
  evidence.reported_at.reset();
  return evidence;
}

struct Case {
  const char* name;
  Evidence evidence;
  Time now;
  VerdictKind kind;
  bool final;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class Judging : public testing::TestWithParam<Case> {};

TEST_P(Judging, GivesTheVerdictOfTheTable) {
  const Case& c = GetParam();

  const Verdict verdict = judge(c.evidence, {"2.8.5", std::nullopt, c.now, minutes{15}});

  EXPECT_EQ(verdict.kind, c.kind);
  EXPECT_EQ(verdict.final, c.final);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Judging,
    testing::Values(
        Case{"Applied", device(Status::current, "2.8.5", after), soon, VerdictKind::applied, true},
        Case{"AppliedThenGone", gone(device(Status::current, "2.8.5", after)), late, VerdictKind::applied, true},
        Case{"RightVersionButReportedBefore", device(Status::current, "2.8.5", before), soon, VerdictKind::not_started,
             false},
        Case{"RightVersionReportedAtTheSameTick", device(Status::current, "2.8.5", asked), soon,
             VerdictKind::not_started, false},
        Case{"StillTheOldVersion", device(Status::current, "1.0.0", after), soon, VerdictKind::not_started, false},
        Case{"FailedWithWhatWasAskedBefore", device(Status::error, "1.0.0", after, "2.8.4"), soon,
             VerdictKind::in_progress, false},
        Case{"FailedWithThis", device(Status::error, "1.0.0", after, "2.8.5"), soon, VerdictKind::failed, true},
        Case{"AboutToStart", device(Status::current, "1.0.0", after, "2.8.5"), soon, VerdictKind::in_progress, false},
        Case{"Downloading", device(Status::downloading, "1.0.0", after, "2.8.5"), soon, VerdictKind::in_progress,
             false},
        Case{"Rebooting", device(Status::rebooting, "1.0.0", after, "2.8.5"), soon, VerdictKind::in_progress, false},
        Case{"Failed", device(Status::error, "1.0.0", after), soon, VerdictKind::failed, true},
        Case{"FailedBefore", device(Status::error, "1.0.0", before), soon, VerdictKind::not_started, false},
        Case{"RolledBack", device(Status::rolled_back, "1.0.0", after), soon, VerdictKind::rolled_back, true},
        Case{"NeverReported", silent(), soon, VerdictKind::not_started, false},
        Case{"Stuck", device(Status::applying, "1.0.0", after), late, VerdictKind::stuck, true},
        Case{"StuckBeforeItStarted", silent(), late, VerdictKind::stuck, true},
        Case{"Offline", gone(device(Status::applying, "1.0.0", after)), soon, VerdictKind::offline, false},
        Case{"OfflineForGood", gone(device(Status::applying, "1.0.0", after)), late, VerdictKind::offline, true}),
    [](const auto& tested) { return tested.param.name; });

TEST(Judge, PutsAWriteErrorFirst) {
  const Verdict verdict =
      judge(device(Status::current, "2.8.5", after), {"2.8.5", "DeviceNotFound", soon, minutes{15}});

  EXPECT_EQ(verdict.kind, VerdictKind::write_failed);
  EXPECT_EQ(verdict.reason, "DeviceNotFound");
  EXPECT_TRUE(verdict.final);
}

TEST(Judge, SaysWhyADeviceIsOfflineAndSinceWhen) {
  Evidence never = gone(silent());
  never.last_activity.reset();
  const Question question{"2.8.5", std::nullopt, soon, minutes{15}};

  EXPECT_EQ(judge(never, question).reason, "it was never connected");
  EXPECT_EQ(judge(never, question).since, asked) << "it has not done it since it was asked";
  never.disabled = true;
  EXPECT_EQ(judge(never, question).reason, "it is disabled");
  EXPECT_EQ(judge(gone(device(Status::applying, "1.0.0", after)), question).reason, "words");
  EXPECT_EQ(judge(gone(device(Status::applying, "1.0.0", after)), question).since, after);
}

TEST(Judge, LeavesADeviceAloneThatSomethingElseIsWantedOf) {
  EXPECT_EQ(judge(device(Status::current, "2.8.5", after), {"3.0.0", std::nullopt, soon, minutes{15}}).kind,
            VerdictKind::untouched);
  EXPECT_EQ(judge(Evidence{}, {"2.8.5", std::nullopt, soon, minutes{15}}).kind, VerdictKind::untouched);
}

TEST(Judge, AsksForTheTwinsOwnWishWhenNoneIsGiven) {
  EXPECT_EQ(judge(device(Status::current, "2.8.5", after), {"", std::nullopt, soon, minutes{15}}).kind,
            VerdictKind::applied);
}

TEST(ReadEvidence, TakesTheTimesOfTheFirmwareNodes) {
  const Evidence evidence = read_evidence(R"({"deviceId":"d","connectionState":"Connected","properties":{
      "desired":{"firmware":{"fwVersion":"2"},"other":1,"$metadata":{"$lastUpdated":"2030-01-01T00:00:00Z","firmware":{"$lastUpdated":"2026-01-01T12:00:00Z"}}},
      "reported":{"firmware":{"fwUpdateStatus":"current"},"$metadata":{"firmware":{"$lastUpdated":"2026-01-01T12:01:00Z"}}}}})");

  EXPECT_EQ(evidence.desired_at, asked);
  EXPECT_EQ(evidence.reported_at, after);
  EXPECT_TRUE(evidence.connected);
  EXPECT_FALSE(evidence.disabled);
  EXPECT_TRUE(read_evidence(R"({"deviceId":"d","status":"disabled"})").disabled);
}

TEST(ReadEvidence, TakesAMalformedTwinForASilentOne) {
  for (
      const char* twin :
      {R"({"deviceId":"d"})", R"({"deviceId":"d","properties":7})",
       R"({"deviceId":"d","properties":{"desired":[],"reported":{"firmware":"x","$metadata":{"firmware":{"$lastUpdated":3}}}}})"}) {
    const Evidence evidence = read_evidence(twin);
    EXPECT_FALSE(evidence.desired) << twin;
    EXPECT_FALSE(evidence.reported) << twin;
  }
  EXPECT_THROW(read_evidence("{}"), iothub::ProtocolError);
}

}  // namespace
}  // namespace fwctl::firmware
