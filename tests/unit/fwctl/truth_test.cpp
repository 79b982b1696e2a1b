#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/dice.hpp"
#include "tests/support/run_fwctl.hpp"

namespace fwctl::cli {
namespace {

using namespace std::chrono_literals;
using test::FlakyHub;
using test::run_fwctl;
using testing::HasSubstr;
using Json = test::HubFixture::Json;

/// What devices do with an update, and the verdict that each deserves.
enum class Fate { applies, late, lies, hangs, rolls_back, fails, goes_offline, stays_silent };
constexpr std::array fates{Fate::applies,    Fate::late,  Fate::lies,         Fate::hangs,
                           Fate::rolls_back, Fate::fails, Fate::goes_offline, Fate::stays_silent};

const char* verdict_for(Fate fate) {
  switch (fate) {
    case Fate::applies:
    case Fate::late:
      return "applied";
    case Fate::rolls_back:
      return "rolled_back";
    case Fate::fails:
      return "failed";
    case Fate::goes_offline:
      return "offline";
    default:
      return "stuck";
  }
}

Json report(const char* status, const char* version) {
  return {{"firmware", {{"currentFwVersion", version}, {"fwUpdateStatus", status}, {"fwUpdateSubstatus", "words"}}}};
}

/// A fleet of mixed fates over an update, on the stand-in hub.
class Truth : public testing::Test {
 protected:
  void SetUp() override {
    hub_.clock.on_sleep = [this, next = hub_.clock.on_sleep] {
      next();
      devices_act();
    };
  }

  void add(const std::string& id, Fate fate) {
    hub_.create_device(id, {{"devicetype", "chiller"}});
    const auto connection = hub_.connect(id);
    // A liar says from the start that it runs what it will be asked to run.
    hub_.report(connection, report("current", fate == Fate::lies ? "2.8.5" : "1.0.0"));
    devices_.push_back({id, fate, connection, hub_.clock.now()});
  }

  void all_report(const char* status, const char* version) {
    for (const Device& device : devices_) hub_.report(device.connection, report(status, version));
  }

  test::Outcome roll_out(const std::vector<std::string>& more = {}) {
    hub_.clock.advance(1s);
    started_ = hub_.clock.now();
    std::vector<std::string> arguments{"schedule",
                                       "--fw-version",
                                       "2.8.5",
                                       "--package-uri",
                                       "https://h/p.bin",
                                       "--check-value",
                                       "abc",
                                       "--wait",
                                       "--job-id",
                                       "job-1",
                                       "-o",
                                       "json",
                                       "--device-timeout",
                                       "10m"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_fwctl(hub_, arguments);
  }

  std::map<std::string, std::string> deserved() const {
    std::map<std::string, std::string> verdicts;
    for (const Device& device : devices_) {
      if (verdict_for(device.fate) != std::string("applied")) verdicts[device.id] = verdict_for(device.fate);
    }
    return verdicts;
  }
  static std::map<std::string, std::string> told(const test::Outcome& outcome) {
    std::map<std::string, std::string> verdicts;
    const Json document = outcome.json();
    for (const Json& device : document["troubled"]) verdicts[device["deviceId"]] = device["verdict"];
    return verdicts;
  }

  /// While devices are at it, one joins them that was asked for the same version before.
  void expect_only_those_of_the_job(int devices) {
    hub_.create_device("earlier");
    hub_.call("PATCH", "/twins/earlier", {{"properties", {{"desired", {{"firmware", {{"fwVersion", "2.8.5"}}}}}}}});
    hub_.clock.advance(1min);
    for (int i = 0; i < devices; ++i) add("chiller-" + std::to_string(i), Fate::hangs);
    hub_.hub().set_switches({.strict_metadata = true});
    hub_.clock.on_sleep = [this, next = hub_.clock.on_sleep] {
      next();
      hub_.call("PATCH", "/twins/earlier", {{"tags", {{"devicetype", "chiller"}}}});
    };

    const auto outcome = roll_out({"--timeout", "2m"});

    EXPECT_EQ(outcome.code, ExitCode::deadline_passed) << outcome.err;
    EXPECT_EQ(outcome.json()["verdicts"], (Json{{"in_progress", devices}}));
  }

  FlakyHub hub_;
  test::Dice dice_{7};

 private:
  struct Device {
    std::string id;
    Fate fate;
    localhub::ConnectionId connection;
    Time since;
    int step = 0;
  };

  void devices_act() {
    const auto passed = hub_.clock.now() - started_;
    for (Device& device : devices_) act(device, passed);
  }

  void step(Device& device, int number, Ticks passed, std::chrono::seconds at, const std::function<void()>& action) {
    if (device.step != number || passed < at) return;
    ++device.step;
    action();
  }

  void act(Device& device, Ticks passed) {
    const auto says = [&](const char* status, const char* version) {
      return [this, &device, status, version] { hub_.report(device.connection, report(status, version)); };
    };
    switch (device.fate) {
      case Fate::applies:
        step(device, 0, passed, 20s, says("downloading", "1.0.0"));
        return step(device, 1, passed, 60s, says("current", "2.8.5"));
      case Fate::late:  // gone for a while, but back before its time is up
        step(device, 0, passed, 10s, [&] { hub_.hub().disconnect(device.connection); });
        return step(device, 1, passed, 420s, [&] {
          device.connection = hub_.connect(device.id);
          says("current", "2.8.5")();
        });
      case Fate::hangs:
        return step(device, 0, passed, 20s, says("applying", "1.0.0"));
      case Fate::rolls_back:
        step(device, 0, passed, 20s, says("error", "1.0.0"));
        return step(device, 1, passed, 40s, says("rolledback", "1.0.0"));
      case Fate::fails:
        return step(device, 0, passed, 30s, says("error", "1.0.0"));
      case Fate::goes_offline:
        step(device, 0, passed, 20s, says("rebooting", "1.0.0"));
        return step(device, 1, passed, 30s, [&] { hub_.hub().disconnect(device.connection); });
      case Fate::lies:
      case Fate::stays_silent:
        return;
    }
  }

  std::vector<Device> devices_;
  Time started_ = Time::max();
};

TEST_F(Truth, IsRightForEachOfTwoThousandDevices) {
  constexpr int fleet = 2000;
  for (int i = 0; i < fleet; ++i) {
    const bool well = dice_.below(10) < 7;
    add("chiller-" + std::to_string(i),
        well ? Fate::applies : fates.at(static_cast<std::size_t>(dice_.below(fates.size()))));
  }

  const auto outcome = roll_out();

  EXPECT_EQ(outcome.code, ExitCode::some_failed) << outcome.err;
  EXPECT_EQ(told(outcome), deserved());
  const Json document = outcome.json();
  EXPECT_EQ(document["verdicts"]["applied"], fleet - static_cast<int>(deserved().size()));
  EXPECT_EQ(document["countedFrom"]["source"], "twins");
  EXPECT_EQ(document["written"]["source"], "job");
}

TEST_F(Truth, IsRightForEachOfAFewDevices) {
  for (std::size_t i = 0; i < fates.size(); ++i) add("chiller-" + std::to_string(i), fates.at(i));

  const auto outcome = roll_out();

  EXPECT_EQ(outcome.code, ExitCode::some_failed) << outcome.err;
  EXPECT_EQ(told(outcome), deserved());
}

TEST_F(Truth, DoesNotDependOnAnIndexThatLags) {
  for (int i = 0; i < 30; ++i)
    add("chiller-" + std::to_string(i), fates.at(static_cast<std::size_t>(i) % fates.size()));
  localhub::Switches lagging;
  lagging.index_delay_s = 45;
  hub_.hub().set_switches(lagging);

  const auto outcome = roll_out();

  EXPECT_EQ(told(outcome), deserved()) << outcome.err;
}

TEST_F(Truth, OfAFleetThatTheIndexDoesNotHaveYetIsWaitedFor) {
  for (int i = 0; i < 150; ++i) add("chiller-" + std::to_string(i), Fate::applies);
  localhub::Switches lagging;
  lagging.index_delay_s = 30;
  hub_.hub().set_switches(lagging);

  const auto outcome = roll_out();

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  const auto gets = std::count_if(hub_.requests.begin(), hub_.requests.end(),
                                  [](const HttpRequest& r) { return r.target.starts_with("/twins/"); });
  EXPECT_EQ(gets, 0);
}

TEST_F(Truth, IsReadDeviceByDeviceWhenAHubRefusesToCompareTimes) {
  for (int i = 0; i < 30; ++i)
    add("chiller-" + std::to_string(i), fates.at(static_cast<std::size_t>(i) % fates.size()));
  hub_.refuses = [](const HttpRequest& request) {
    return request.body.find("$lastUpdated <= properties") != std::string::npos ||
           request.body.find("$lastUpdated > properties") != std::string::npos;
  };

  const auto outcome = roll_out();

  EXPECT_EQ(told(outcome), deserved()) << outcome.err;
}

TEST_F(Truth, IsToldByAHubThatComparesNoTimesAtAll) {
  for (int i = 0; i < 150; ++i)
    add("chiller-" + std::to_string(i), fates.at(static_cast<std::size_t>(i) % fates.size()));
  for (int i = 0; i < 5; ++i) {  // which were asked for the same version before, and are not the job's
    const std::string id = "asked-" + std::to_string(i);
    hub_.create_device(id);
    hub_.call("PATCH", "/twins/" + id, {{"properties", {{"desired", {{"firmware", {{"fwVersion", "2.8.5"}}}}}}}});
    hub_.report(hub_.connect(id), report("current", "2.8.5"));
  }
  hub_.clock.advance(1min);
  hub_.hub().set_switches({.strict_metadata = true});

  const auto outcome = roll_out({"--where", "tags.devicetype = 'chiller' OR STARTSWITH(deviceId, 'asked')"});

  EXPECT_EQ(outcome.code, ExitCode::some_failed) << outcome.err;
  std::map<std::string, std::string> all = deserved();
  for (int i = 0; i < 5; ++i) all["asked-" + std::to_string(i)] = "stuck";
  EXPECT_EQ(told(outcome), all);
  EXPECT_EQ(outcome.json()["devices"], 155);
}

TEST_F(Truth, OfAJobLeavesOutWhoWasAskedBeforeWhereAHubComparesNoTimes) { expect_only_those_of_the_job(30); }

TEST_F(Truth, OfAFewDevicesLeavesOutWhoWasAskedBeforeWhereAHubComparesNoTimes) { expect_only_those_of_the_job(10); }

TEST_F(Truth, OfALargeFleetThatTakesLongToReadIsNotSilent) {
  for (int i = 0; i < 1500; ++i) add("chiller-" + std::to_string(i), Fate::applies);
  hub_.clock.on_sleep = [this, next = hub_.clock.on_sleep] {
    next();
    if (hub_.clock.slept.size() == 3) hub_.call("DELETE", "/devices/chiller-3", nullptr, {{"If-Match", "*"}});
  };

  const auto outcome = roll_out({"--timeout", "100s"});

  EXPECT_EQ(outcome.code, ExitCode::deadline_passed) << outcome.err;
  EXPECT_EQ(outcome.json()["status"], "completed");
  EXPECT_EQ(outcome.json()["verdicts"], (Json{{"applied", 1499}}));
  EXPECT_THAT(outcome.err, HasSubstr("job job-1 completed: 1499 applied\n"));
}

TEST_F(Truth, IsShownOfDevicesThatTheUpdateItselfTakesOutOfTheSelection) {
  for (int i = 0; i < 150; ++i) {
    add("chiller-" + std::to_string(i), fates.at(static_cast<std::size_t>(i) % fates.size()));
  }

  const auto outcome = roll_out({"--where", "properties.reported.firmware.currentFwVersion = '1.0.0'", "-o", "jsonl"});

  EXPECT_EQ(outcome.code, ExitCode::some_failed) << outcome.err;
  std::istringstream lines(outcome.out);
  Json shown;
  Json last;
  for (std::string line; std::getline(lines, line); last = Json::parse(line)) shown = last;
  EXPECT_EQ(last["verdicts"]["applied"], 38);
  EXPECT_EQ(shown["verdicts"]["applied"], 38) << "before the end, too";
}

TEST_F(Truth, OfThoseTakesNoStrangerForADeviceThatIsGone) {
  for (int i = 0; i < 150; ++i) add("chiller-" + std::to_string(i), Fate::applies);
  hub_.create_device("stranger");
  hub_.clock.on_sleep = [this, next = hub_.clock.on_sleep] {
    next();
    if (hub_.clock.slept.size() != 5) return;
    hub_.call("DELETE", "/devices/chiller-3", nullptr, {{"If-Match", "*"}});
    hub_.call("PATCH", "/twins/stranger", {{"properties", {{"desired", {{"firmware", {{"fwVersion", "2.8.5"}}}}}}}});
    hub_.clock.advance(1s);
    hub_.report(hub_.connect("stranger"), report("current", "2.8.5"));
  };

  const auto outcome = roll_out({"--where", "properties.reported.firmware.currentFwVersion = '1.0.0'"});

  EXPECT_EQ(outcome.code, ExitCode::some_failed) << outcome.err;
  EXPECT_EQ(outcome.json()["verdicts"], (Json{{"applied", 149}, {"untouched", 1}}));
}

TEST_F(Truth, OfALargeFleetTakesNoStrangerForADeviceThatLeftTheSelection) {
  for (int i = 0; i < 149; ++i) add("chiller-" + std::to_string(i), Fate::applies);
  add("hangs", Fate::hangs);
  hub_.create_device("stranger");
  hub_.clock.on_sleep = [this, next = hub_.clock.on_sleep] {
    next();
    if (hub_.clock.slept.size() != 5) return;
    hub_.call("PATCH", "/twins/hangs", {{"tags", {{"devicetype", "retired"}}}});
    hub_.call("PATCH", "/twins/stranger",
              {{"tags", {{"devicetype", "chiller"}}},
               {"properties", {{"desired", {{"firmware", {{"fwVersion", "2.8.5"}}}}}}}});
    hub_.clock.advance(1s);
    hub_.report(hub_.connect("stranger"), report("current", "2.8.5"));
  };

  const auto outcome = roll_out();

  EXPECT_EQ(outcome.code, ExitCode::some_failed) << outcome.err;
  EXPECT_EQ(told(outcome), (std::map<std::string, std::string>{{"hangs", "stuck"}}));
  EXPECT_EQ(outcome.json()["versions"], (Json{{"1.0.0", 1}, {"2.8.5", 149}}));
}

TEST_F(Truth, OfALargeFleetTakesNoStrangerWhoWasAskedWhileTheJobRan) {
  for (int i = 0; i < 149; ++i) add("chiller-" + std::to_string(i), Fate::stays_silent);
  hub_.create_device("gone", {{"devicetype", "chiller"}});
  hub_.hub().set_switches({.job_pace = 100});
  hub_.clock.on_sleep = [this, next = hub_.clock.on_sleep] {
    next();
    if (hub_.clock.slept.size() != 3) return;
    hub_.create_device("stranger", {{"devicetype", "chiller"}});
    hub_.call("PATCH", "/twins/stranger", {{"properties", {{"desired", {{"firmware", {{"fwVersion", "2.8.5"}}}}}}}});
    hub_.clock.advance(1s);
    hub_.report(hub_.connect("stranger"), report("current", "2.8.5"));
  };
  ASSERT_EQ(roll_out({"--until", "written"}).code, ExitCode::ok);
  ASSERT_GT(hub_.clock.slept.size(), 3U) << "the job still ran";
  hub_.call("PATCH", "/twins/gone", {{"tags", {{"devicetype", "retired"}}}});
  hub_.clock.advance(1s);
  all_report("current", "2.8.5");

  const auto outcome = run_fwctl(hub_, {"monitor", "job-1", "--device-timeout", "10m", "-o", "json"});

  EXPECT_EQ(outcome.code, ExitCode::some_failed) << outcome.err;
  EXPECT_EQ(told(outcome), (std::map<std::string, std::string>{{"gone", "offline"}}));
}

TEST_F(Truth, IsToldThoughAStrangerIsBusyInThePlaceOfADeviceThatIsGone) {
  for (int i = 0; i < 30; ++i) add("chiller-" + std::to_string(i), Fate::applies);
  hub_.create_device("busy");
  hub_.clock.on_sleep = [this, next = hub_.clock.on_sleep, connection = hub_.connect("busy")] {
    next();
    if (hub_.clock.slept.size() == 5) {
      hub_.call("DELETE", "/devices/chiller-1", nullptr, {{"If-Match", "*"}});
      hub_.call("PATCH", "/twins/busy",
                {{"tags", {{"devicetype", "chiller"}}},
                 {"properties", {{"desired", {{"firmware", {{"fwVersion", "2.8.5"}}}}}}}});
    }
    hub_.report(connection, report("downloading", "1.0.0"));
  };

  const auto start = hub_.clock.uptime();
  const auto outcome = roll_out();

  EXPECT_EQ(outcome.code, ExitCode::some_failed) << outcome.err;
  EXPECT_EQ(outcome.json()["verdicts"], (Json{{"applied", 29}, {"untouched", 1}}));
  EXPECT_LT(hub_.clock.uptime() - start, 5min) << "long before its time is up";
}

TEST_F(Truth, IsNotToldByOneLookWhileNeitherTheIndexNorTheRowsHaveTheDevices) {
  for (int i = 0; i < 30; ++i) add("chiller-" + std::to_string(i), Fate::applies);
  hub_.hub().set_switches({.index_delay_s = 20});
  ASSERT_EQ(roll_out({"--until", "written"}).code, ExitCode::ok);
  bool late = true;
  hub_.rewrite = [&](const HttpRequest& request, HttpResponse& response) {
    if (late && request.body.find("FROM devices.jobs") != std::string::npos) response.body = "[]";
  };

  EXPECT_EQ(run_fwctl(hub_, {"monitor", "job-1", "--once", "-o", "json"}).code, ExitCode::pending);
  late = false;
  hub_.clock.advance(1h);
  EXPECT_EQ(run_fwctl(hub_, {"monitor", "job-1", "--once", "-o", "json"}).code, ExitCode::job_failed);
}

/// The index shows one as applied that has begun anew, so that all are read, and most are fine. Then two of those are
/// not.
TEST_F(Truth, IsNotThatOfADeviceWhichWasFineBeforeTheEnd) {
  for (int i = 0; i < 29; ++i) add("chiller-" + std::to_string(i), Fate::applies);
  hub_.create_device("anew", {{"devicetype", "chiller"}});
  const auto anew = hub_.connect("anew");
  hub_.hub().set_switches({.index_delay_s = 30});
  std::map<std::chrono::seconds, std::function<void()>> story{
      {60s, [&] { hub_.report(anew, report("current", "2.8.5")); }},
      {70s, [&] { hub_.report(anew, report("downloading", "2.8.5")); }},
      {200s,
       [&] {
         hub_.call("DELETE", "/devices/chiller-1", nullptr, {{"If-Match", "*"}});
         hub_.call("PATCH", "/twins/chiller-2", {{"properties", {{"desired", {{"firmware", {{"fwVersion", "3"}}}}}}}});
       }},
      {300s, [&] { hub_.report(anew, report("current", "2.8.5")); }}};
  hub_.clock.on_sleep = [&, next = hub_.clock.on_sleep, start = hub_.clock.uptime()] {
    next();
    for (; !story.empty() && hub_.clock.uptime() - start >= story.begin()->first; story.erase(story.begin())) {
      story.begin()->second();
    }
  };

  const auto outcome = roll_out();

  EXPECT_EQ(outcome.code, ExitCode::some_failed) << outcome.err;
  EXPECT_EQ(outcome.json()["verdicts"], (Json{{"applied", 28}, {"untouched", 2}}));
}

TEST_F(Truth, OfDevicesWhoseTimeIsUpIsToldAtOnceToOneWhoComesBack) {
  for (const int devices : {2, 150}) {
    for (int i = 0; i < devices; ++i) {
      add(std::to_string(devices) + "-" + std::to_string(i), i > 0 ? Fate::applies : Fate::hangs);
    }
    const std::string job = "job-" + std::to_string(devices);
    ASSERT_EQ(roll_out({"--timeout", "2m", "--job-id", job}).code, ExitCode::deadline_passed);
    hub_.clock.advance(10min);
    const auto start = hub_.clock.uptime();

    const auto again = run_fwctl(hub_, {"monitor", job, "--device-timeout", "10m", "--timeout", "1m"});
    const auto status = run_fwctl(hub_, {"status", "--until-version", "2.8.5", "--device-timeout", "10m", "--timeout",
                                         "1m", "--where", "STARTSWITH(deviceId, '" + std::to_string(devices) + "-')"});

    EXPECT_EQ(again.code, ExitCode::some_failed) << again.err;
    EXPECT_EQ(status.code, ExitCode::some_failed) << status.err;
    EXPECT_LT(hub_.clock.uptime() - start, 20s);
  }
}

TEST_F(Truth, NeedsNoNumbersInTheJobAndWaitsForItsRows) {
  for (int i = 0; i < 30; ++i)
    add("chiller-" + std::to_string(i), fates.at(static_cast<std::size_t>(i) % fates.size()));
  int row_queries = 0;
  hub_.rewrite = [&](const HttpRequest& request, HttpResponse& response) {
    if (request.target.starts_with("/jobs/v2/") && request.method == "GET") {
      Json job = Json::parse(response.body);
      job.erase("deviceJobStatistics");
      response.body = job.dump();
    }
    if (request.body.find("FROM devices.jobs") != std::string::npos && ++row_queries < 4) {
      Json rows = Json::parse(response.body);
      while (rows.size() > 5) rows.erase(rows.size() - 1);
      response.body = rows.dump();
    }
  };

  const auto outcome = roll_out();

  EXPECT_EQ(told(outcome), deserved()) << outcome.err;
  EXPECT_EQ(outcome.json()["devices"], 30);
}

TEST_F(Truth, OfADeviceThatReportsNonsenseIsNotThatItRunsTheVersion) {
  for (int i = 0; i < 30; ++i) add("chiller-" + std::to_string(i), Fate::applies);
  add("nonsense", Fate::stays_silent);
  hub_.clock.on_sleep = [this, next = hub_.clock.on_sleep] {
    next();
    if (hub_.clock.slept.size() == 10) {
      hub_.report(hub_.connect("nonsense"),
                  {{"firmware", {{"currentFwVersion", "2.8.5"}, {"fwUpdateStatus", 7}, {"fwUpdateSubstatus", "x"}}}});
    }
  };

  EXPECT_EQ(told(roll_out()), (std::map<std::string, std::string>{{"nonsense", "stuck"}}));
  const auto status =
      run_fwctl(hub_, {"status", "--until-version", "2.8.5", "--once", "-o", "json", "--device-timeout", "1m"});
  EXPECT_EQ(status.code, ExitCode::some_failed);
  EXPECT_EQ(status.json()["devices"], 31);
}

TEST_F(Truth, OfAnotherVersionIsNotThatOfTheOneThatIsAskedFor) {
  for (int i = 0; i < 30; ++i) add("chiller-" + std::to_string(i), Fate::applies);
  ASSERT_EQ(roll_out().code, ExitCode::ok);
  run_fwctl(hub_, {"schedule", "--fw-version", "3", "--package-uri", "https://h/p.bin", "--check-value", "c"});
  hub_.run_due();
  hub_.clock.advance(1s);
  all_report("current", "2.8.5");  // as devices do when they begin

  const auto outcome = run_fwctl(hub_, {"status", "--until-version", "2.8.5", "--once", "-o", "json"});

  EXPECT_EQ(outcome.code, ExitCode::pending);
  EXPECT_EQ(outcome.json()["verdicts"], (Json{{"untouched", 30}}));
}

TEST_F(Truth, IsNotAskedForDeviceByDeviceWhileALargeFleetHasTime) {
  for (int i = 0; i < 300; ++i) add("chiller-" + std::to_string(i), Fate::stays_silent);
  ASSERT_EQ(roll_out({"--until", "written"}).code, ExitCode::ok);
  hub_.requests.clear();

  EXPECT_EQ(run_fwctl(hub_, {"monitor", "job-1", "--once"}).code, ExitCode::pending);
  EXPECT_EQ(run_fwctl(hub_, {"status", "--until-version", "2.8.5", "--once"}).code, ExitCode::pending);
  EXPECT_LE(hub_.requests.size(), 8U);
  hub_.clock.advance(16min);
  EXPECT_EQ(run_fwctl(hub_, {"monitor", "job-1", "--once"}).code, ExitCode::job_failed);
}

TEST_F(Truth, CountsDevicesThatLeftTheSelectionOrWereTakenOver) {
  for (int i = 0; i < 30; ++i) add("chiller-" + std::to_string(i), Fate::applies);
  hub_.clock.on_sleep = [this, next = hub_.clock.on_sleep] {
    next();
    if (hub_.clock.slept.size() == 6) {
      hub_.call("PATCH", "/twins/chiller-1", {{"tags", {{"devicetype", "retired"}}}});
      hub_.call("PATCH", "/twins/chiller-2", {{"properties", {{"desired", {{"firmware", {{"fwVersion", "3"}}}}}}}});
      hub_.call("DELETE", "/devices/chiller-3", nullptr, {{"If-Match", "*"}});
    }
  };

  const auto outcome = roll_out();

  EXPECT_EQ(outcome.code, ExitCode::some_failed) << outcome.err;
  EXPECT_EQ(outcome.json()["verdicts"]["applied"], 28);
  EXPECT_EQ(told(outcome),
            (std::map<std::string, std::string>{{"chiller-2", "untouched"}, {"chiller-3", "untouched"}}));
}

TEST_F(Truth, TellsAFailureWhenItHappens) {
  for (int i = 0; i < 30; ++i) add("chiller-" + std::to_string(i), i == 4 ? Fate::rolls_back : Fate::applies);

  const auto outcome = roll_out();

  EXPECT_THAT(outcome.err, HasSubstr("chiller-4 failed: words\n"));
}

TEST_F(Truth, OfStatusLeavesReportsFromBeforeTheWishOut) {
  for (int i = 0; i < 30; ++i) add("chiller-" + std::to_string(i), i < 10 ? Fate::lies : Fate::applies);
  ASSERT_EQ(roll_out({"--until", "written"}).code, ExitCode::ok);
  hub_.clock.advance(2min);
  hub_.clock.on_sleep();
  hub_.clock.on_sleep();

  const auto outcome = run_fwctl(hub_, {"status", "--once", "-o", "json"});

  EXPECT_EQ(outcome.json()["verdicts"], (Json{{"applied", 20}, {"not_started", 10}}));
  EXPECT_EQ(outcome.json()["versions"], (Json{{"2.8.5", 30}})) << "what they say they run";
}

}  // namespace
}  // namespace fwctl::cli
