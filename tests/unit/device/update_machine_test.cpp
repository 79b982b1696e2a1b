#include "fwctl/device/update_machine.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/fake_clock.hpp"

namespace fwctl::device {
namespace {

using firmware::Status;
using nlohmann::json;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

json wish(const std::string& version, const std::string& uri = "https://secureuri/package.bin",
          const std::string& check = "123456abcde") {
  return {{"fwVersion", version}, {"fwPackageURI", uri}, {"fwPackageCheckValue", check}};
}

/// A machine whose reports are answered at once, unless told otherwise, and whose timers a test lets run.
class Bench {
 public:
  explicit Bench(UpdateSettings settings = {}, UpdateState state = fresh()) : machine(std::move(state), settings) {}

  static UpdateState fresh() {
    UpdateState state;
    state.reported.current_version = "1.0.0";
    return state;
  }

  void start() { follow(machine.started(clock.now())); }
  void connect(const json& firmware = nullptr, std::int64_t version = 1) {
    follow(machine.connected(firmware, version, clock.now()));
  }
  void desire(const json& firmware) { follow(machine.desired(firmware, ++desired_version, clock.now())); }
  void elapse() {
    ASSERT_TRUE(timer);
    clock.advance(*timer);
    timer.reset();
    follow(machine.timer_elapsed(clock.now()));
  }
  void run_out() {
    while (timer) elapse();
  }

  std::vector<std::string> statuses() const {
    std::vector<std::string> result;
    for (const json& patch : patches) {
      result.push_back(patch.value("fwUpdateStatus", "?") + ": " + patch.value("fwUpdateSubstatus", "?"));
    }
    return result;
  }
  const json& last() const { return patches.back(); }
  std::string current() const { return machine.state().reported.current_version; }

  UpdateMachine machine;
  test::FakeClock clock;
  std::int64_t desired_version = 1;
  bool answering = true;
  std::vector<json> patches;  // what stood under "firmware"
  std::vector<milliseconds> timers;
  std::optional<milliseconds> timer;
  std::vector<std::optional<milliseconds>> absences;
  std::string said;
  std::string complained;

 private:
  void follow(const Actions& actions) {
    bool sent = false;
    for (const Action& action : actions) {
      if (const auto* report = std::get_if<SendReport>(&action)) {
        patches.push_back(json::parse(report->patch).at("firmware"));
        sent = true;
      } else if (const auto* start = std::get_if<StartTimer>(&action)) {
        ASSERT_FALSE(timer) << "two timers at once";
        timer = start->duration;
        timers.push_back(start->duration);
      } else if (const auto* gone = std::get_if<GoOffline>(&action)) {
        absences.push_back(gone->duration);
      } else if (const auto* say = std::get_if<Say>(&action)) {
        (say->error ? complained : said) += say->text + "\n";
      }
    }
    if (sent && answering) follow(machine.report_answered());
  }
};

TEST(UpdateMachine, ReportsItsCompleteStateAfterConnecting) {
  Bench bench;

  bench.start();
  bench.connect();

  EXPECT_THAT(bench.patches, ElementsAre(json{{"currentFwVersion", "1.0.0"},
                                              {"pendingFwVersion", ""},
                                              {"fwUpdateStatus", "current"},
                                              {"fwUpdateSubstatus", ""},
                                              {"lastFwUpdateStartTime", ""},
                                              {"lastFwUpdateEndTime", ""}}));
}

TEST(UpdateMachine, SendsTheTenPatchesOfTheTutorial) {
  Bench bench;
  bench.connect();
  bench.patches.clear();

  bench.desire(wish("2.8.5"));
  bench.run_out();

  EXPECT_THAT(bench.statuses(),
              ElementsAre("current: ", "downloading: Start downloading", "downloading: Finished downloading",
                          "verifying: Start verifying download", "verifying: Finished verifying download",
                          "applying: Start applying image", "applying: Finished applying image",
                          "rebooting: Start reboot", "rebooting: Finished reboot", "current: "));
  EXPECT_EQ(bench.patches[0], (json{{"pendingFwVersion", "2.8.5"},
                                    {"fwUpdateStatus", "current"},
                                    {"fwUpdateSubstatus", ""},
                                    {"lastFwUpdateStartTime", "2026-01-01T00:00:00.000Z"}}));
  EXPECT_EQ(bench.last(), (json{{"currentFwVersion", "2.8.5"},
                                {"pendingFwVersion", ""},
                                {"fwUpdateStatus", "current"},
                                {"fwUpdateSubstatus", ""},
                                {"lastFwUpdateEndTime", "2026-01-01T00:01:50.000Z"}}));
  EXPECT_THAT(bench.timers,
              ElementsAre(milliseconds{30'000}, milliseconds{10'000}, milliseconds{30'000}, milliseconds{40'000}));
}

TEST(UpdateMachine, PrintsWhatTheTutorialsDevicePrints) {
  Bench bench;
  bench.start();
  bench.connect();

  bench.desire(wish("2.8.5"));
  bench.run_out();

  EXPECT_EQ(bench.said,
            "\nCurrent firmware version: 1.0.0\n"
            "Starting firmware update flow using this data:\n"
            "{\n  \"fwPackageCheckValue\": \"123456abcde\",\n  \"fwPackageURI\": \"https://secureuri/package.bin\",\n"
            "  \"fwVersion\": \"2.8.5\"\n}\n"
            "Simulating image download from: https://secureuri/package.bin\n"
            "Downloaded image data: [Fake firmware image data]\n"
            "Simulating image verification using checksum: 123456abcde\n"
            "Simulating applying image\n"
            "Applied image data: [Fake firmware image data]\n"
            "Simulating reboot phase\n"
            "Completed firmwareUpdate flow. New version: 2.8.5\n");
  EXPECT_EQ(bench.complained, "");
}

TEST(UpdateMachine, StopsWhenItRunsTheVersionAlready) {
  Bench bench;
  bench.connect();

  bench.desire(wish("1.0.0"));

  EXPECT_EQ(bench.last(), (json{{"fwUpdateStatus", "current"}, {"fwUpdateSubstatus", "Firmware already up to date"}}));
  EXPECT_FALSE(bench.timer);
}

TEST(UpdateMachine, RefusesWhatItCannotCarryOutAndStartsNothing) {
  const std::vector<std::pair<json, std::string>> cases{
      {wish("2.0.0", "http://insecure/x"), "Insecure package URI"},
      {wish("2.0.0", "httpsx://odd/x"), "Insecure package URI"},
      {wish("2.0.0", ""), "Desired firmware names no package URI"},
      {{{"fwVersion", "2.0.0"}}, "Desired firmware names no package URI"},
      {{{"fwVersion", "2.0.0"}, {"fwPackageURI", 7}}, "Desired firmware names no package URI"},
      {{{"fwVersion", 2}, {"fwPackageURI", "https://x/y"}}, "Desired firmware names no version"},
      {json::object(), "Desired firmware names no version"},
      {"2.0.0", "Desired firmware names no version"},
      {json::array({1}), "Desired firmware names no version"}};
  for (const auto& [firmware, reason] : cases) {
    Bench bench;
    bench.connect();

    bench.desire(firmware);

    EXPECT_EQ(bench.last(), (json{{"fwUpdateStatus", "error"}, {"fwUpdateSubstatus", reason}})) << firmware;
    EXPECT_FALSE(bench.timer) << firmware;
    EXPECT_EQ(bench.complained, "Firmware update refused: " + reason + "\n");
  }
}

TEST(UpdateMachine, AcceptsTheSchemeInAnyLetterCase) {
  Bench bench;
  bench.connect();

  bench.desire(wish("2.0.0", "HTTPS://host/x"));

  EXPECT_TRUE(bench.timer);
}

TEST(UpdateMachine, IgnoresThatTheWishIsDeleted) {
  Bench bench;
  bench.connect();
  bench.patches.clear();

  bench.desire(nullptr);

  EXPECT_THAT(bench.patches, IsEmpty());
}

TEST(UpdateMachine, RollsBackFiveSecondsAfterAFailure) {
  Bench bench({.misbehaviour = Misbehaviour::fail});
  bench.connect();
  bench.desire(wish("2.0.0"));
  bench.elapse();

  bench.elapse();

  EXPECT_EQ(bench.last(), (json{{"fwUpdateStatus", "error"}, {"fwUpdateSubstatus", "Image verification failed"}}));
  EXPECT_EQ(bench.timer, milliseconds{5'000});
  bench.elapse();
  EXPECT_EQ(bench.last(), (json{{"pendingFwVersion", ""},
                                {"fwUpdateStatus", "rolledback"},
                                {"fwUpdateSubstatus", "Rolled back to: 1.0.0"},
                                {"lastFwUpdateEndTime", "2026-01-01T00:00:45.000Z"}}));
  EXPECT_EQ(bench.current(), "1.0.0");
}

TEST(UpdateMachine, CannotVerifyWithoutACheckValue) {
  Bench bench;
  bench.connect();

  bench.desire(wish("2.0.0", "https://x/y", ""));
  bench.run_out();

  EXPECT_THAT(bench.statuses(), testing::Contains("error: Image verification failed"));
  EXPECT_EQ(bench.current(), "1.0.0");
}

TEST(UpdateMachine, TriesTheSameVersionAgainWhenItIsWrittenAgain) {
  Bench bench({.misbehaviour = Misbehaviour::fail});
  bench.connect();
  bench.desire(wish("2.0.0"));
  bench.run_out();

  bench.desire(wish("2.0.0"));

  EXPECT_EQ(bench.last()["fwUpdateSubstatus"], "Start downloading");
}

TEST(UpdateMachine, KeepsTheRunningStatusWhenAnotherWishComes) {
  Bench bench;
  bench.connect();
  bench.desire(wish("2.0.0"));
  bench.elapse();

  bench.desire(wish("3.0.0"));

  EXPECT_EQ(bench.last(),
            (json{{"fwUpdateStatus", "verifying"}, {"fwUpdateSubstatus", "Firmware update already running"}}));
}

TEST(UpdateMachine, CarriesOutTheNewestWishAfterTheRunningUpdate) {
  Bench bench;
  bench.connect();
  bench.desire(wish("2.0.0"));
  bench.desire(wish("3.0.0"));
  bench.desire(wish("4.0.0"));
  for (int phase = 0; phase < 4; ++phase) bench.elapse();

  EXPECT_EQ(bench.current(), "2.0.0");
  bench.run_out();

  EXPECT_EQ(bench.current(), "4.0.0");
  EXPECT_EQ(bench.timers.size(), 8U);
}

TEST(UpdateMachine, ForgetsAWaitingWishThatWasTakenBack) {
  Bench bench;
  bench.connect();
  bench.desire(wish("2.0.0"));
  bench.desire(wish("3.0.0"));
  bench.desire(wish("2.0.0"));

  bench.run_out();

  EXPECT_EQ(bench.current(), "2.0.0");
  EXPECT_EQ(bench.timers.size(), 4U);
}

TEST(UpdateMachine, TakesTheRunningWishWrittenAgainForTheSameOne) {
  Bench bench({.misbehaviour = Misbehaviour::fail});
  bench.connect();
  bench.desire(wish("2.0.0"));
  bench.desire(wish("2.0.0"));
  bench.run_out();

  bench.connect(wish("2.0.0"), bench.desired_version);

  EXPECT_EQ(bench.last()["fwUpdateStatus"], "rolledback");
  EXPECT_FALSE(bench.timer);
}

TEST(UpdateMachine, LooksAtTheWaitingWishAfterARollBackToo) {
  Bench bench({.misbehaviour = Misbehaviour::fail});
  bench.connect();
  bench.desire(wish("2.0.0"));
  bench.desire(wish("1.0.0"));

  bench.run_out();

  EXPECT_EQ(bench.last()["fwUpdateSubstatus"], "Firmware already up to date");
}

TEST(UpdateMachine, HasOneReportInFlight) {
  Bench bench;
  bench.answering = false;

  bench.connect(wish("2.0.0"), 2);
  EXPECT_EQ(bench.patches.size(), 1U);

  bench.answering = true;
  bench.desire(wish("3.0.0"));
  EXPECT_EQ(bench.patches.size(), 1U);
  for (const Action& action : bench.machine.report_answered()) {
    EXPECT_THAT(std::get<SendReport>(action).patch, HasSubstr("pendingFwVersion"));
  }
}

TEST(UpdateMachine, WorksOnWithoutAConnectionAndReportsAllOfItLater) {
  Bench bench;
  bench.connect();
  bench.desire(wish("2.0.0"));
  bench.machine.disconnected();
  bench.patches.clear();

  bench.run_out();
  EXPECT_THAT(bench.patches, IsEmpty());
  bench.connect(wish("2.0.0"), 2);

  ASSERT_EQ(bench.patches.size(), 1U);
  EXPECT_EQ(bench.last()["currentFwVersion"], "2.0.0");
  EXPECT_EQ(bench.last()["fwUpdateStatus"], "current");
}

TEST(UpdateMachine, DropsUnansweredReportsWithTheirConnection) {
  Bench bench;
  bench.answering = false;
  bench.connect();
  bench.desire(wish("2.0.0"));
  bench.machine.disconnected();

  bench.connect(wish("2.0.0"), 2);

  EXPECT_EQ(bench.last()["fwUpdateStatus"], "downloading");
  EXPECT_THAT(bench.machine.report_answered(), IsEmpty());
}

TEST(UpdateMachine, FindsAWishThatWasWrittenWhileItWasAway) {
  Bench bench;
  bench.connect(nullptr, 1);
  bench.machine.disconnected();

  bench.connect(wish("2.0.0"), 2);

  EXPECT_TRUE(bench.timer);
}

TEST(UpdateMachine, DoesNotRepeatAFailedUpdateBecauseItReconnected) {
  Bench bench({.misbehaviour = Misbehaviour::fail});
  bench.connect(wish("2.0.0"), 2);
  bench.run_out();

  bench.connect(wish("2.0.0"), 2);

  EXPECT_EQ(bench.last()["fwUpdateStatus"], "rolledback");
  EXPECT_FALSE(bench.timer);
}

TEST(UpdateMachine, HangsInThePhaseItWasToldTo) {
  Bench bench({.misbehaviour = Misbehaviour::hang, .phase = Status::rebooting});
  bench.connect();

  bench.desire(wish("2.0.0"));
  bench.run_out();

  EXPECT_EQ(bench.last(), (json{{"fwUpdateStatus", "rebooting"}, {"fwUpdateSubstatus", "Start reboot"}}));
}

TEST(UpdateMachine, LiesAboutTheEndAndRunsTheOldVersion) {
  Bench bench({.misbehaviour = Misbehaviour::lie});
  bench.connect();

  bench.desire(wish("2.0.0"));
  bench.run_out();

  EXPECT_EQ(bench.last()["fwUpdateStatus"], "current");
  EXPECT_FALSE(bench.last().contains("currentFwVersion"));
  EXPECT_NE(bench.last()["lastFwUpdateEndTime"], "");
  EXPECT_EQ(bench.current(), "1.0.0");
}

TEST(UpdateMachine, VanishesInItsPhaseAndWorksOn) {
  Bench bench({.misbehaviour = Misbehaviour::vanish, .absence = milliseconds{1'000}});
  bench.connect();

  bench.desire(wish("2.0.0"));
  bench.run_out();

  EXPECT_THAT(bench.absences, ElementsAre(milliseconds{1'000}));
  EXPECT_EQ(bench.current(), "2.0.0");
}

UpdateState stopped_in(Status phase) {
  UpdateState state = Bench::fresh();
  state.reported.status = phase;
  state.reported.pending_version = "2.0.0";
  state.target = *firmware::desired_from_json(wish("2.0.0"));
  state.handled = 2;
  return state;
}

TEST(UpdateMachine, BeginsAnInterruptedDownloadAgain) {
  for (const Status phase : {Status::downloading, Status::verifying}) {
    Bench bench({}, stopped_in(phase));

    bench.start();
    bench.connect(wish("2.0.0"), 2);
    bench.run_out();

    EXPECT_THAT(bench.said, HasSubstr("beginning the update to 2.0.0 again"));
    EXPECT_EQ(bench.current(), "2.0.0");
  }
}

TEST(UpdateMachine, RollsBackAHalfWrittenImage) {
  Bench bench({}, stopped_in(Status::applying));

  bench.start();
  bench.connect(wish("2.0.0"), 2);
  EXPECT_EQ(bench.last()["fwUpdateSubstatus"], "Interrupted by a restart while applying");
  bench.run_out();

  EXPECT_EQ(bench.last()["fwUpdateStatus"], "rolledback");
  EXPECT_THAT(bench.said, HasSubstr("Restarted while applying: rolling back to 1.0.0"));
}

TEST(UpdateMachine, FinishesARollBackThatARestartInterrupted) {
  Bench bench({}, stopped_in(Status::error));

  bench.start();
  bench.run_out();

  EXPECT_EQ(bench.machine.state().reported.status, Status::rolled_back);
}

TEST(UpdateState, SurvivesBeingWrittenAndRead) {
  const UpdateState state = stopped_in(Status::applying);

  const auto read = update_state_from_json(to_json(state));

  ASSERT_TRUE(read);
  EXPECT_EQ(read->reported, state.reported);
  EXPECT_EQ(read->target, state.target);
  EXPECT_EQ(read->handled, 2);
}

TEST(UpdateState, RefusesDocumentsItDidNotWrite) {
  json without_target = to_json(stopped_in(Status::applying));
  without_target.erase("target");

  for (const json& document : {json{}, json::array(), json::object(), json{{"reported", 1}}, without_target}) {
    EXPECT_FALSE(update_state_from_json(document)) << document;
  }
}

TEST(UpdateSettings, AreDividedByTheTimeScale) {
  const UpdateSettings settings = UpdateSettings{.absence = milliseconds{200'000}}.scaled(100);

  EXPECT_EQ(settings.download, milliseconds{300});
  EXPECT_EQ(settings.verify, milliseconds{100});
  EXPECT_EQ(settings.roll_back, milliseconds{50});
  EXPECT_EQ(settings.absence, milliseconds{2'000});
}

}  // namespace
}  // namespace fwctl::device
