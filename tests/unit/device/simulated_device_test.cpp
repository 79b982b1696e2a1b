#include "fwctl/device/simulated_device.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/fake_clock.hpp"
#include "tests/unit/device/fake_link.hpp"

namespace fwctl::device {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

const char* const key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const LinkLoss not_authorized{LinkLoss::Kind::refused, 5, "not authorised"};
const LinkLoss broken{LinkLoss::Kind::broken, 0, "reset"};

json wish(const std::string& version) {
  return {{"fwVersion", version}, {"fwPackageURI", "https://h/p"}, {"fwPackageCheckValue", "c"}};
}

/// One device and a hub that answers every request at once, as long as `answering`.
class SimulatedDeviceTest : public testing::Test, public DeviceObserver {
 protected:
  void on_say(const Say& say) override { said.push_back(say.text); }
  void on_save(const UpdateState&) override { ++saved; }
  void on_online() override { ++onlines; }
  void on_loss(const LinkLoss& loss, std::chrono::milliseconds next_try) override {
    losses.push_back(loss.text);
    waits.push_back(next_try);
  }

  SimulatedDevice& make(UpdateSettings update = {}) {
    UpdateState state;
    state.reported.current_version = "1.0.0";
    device = std::make_unique<SimulatedDevice>(
        DeviceSettings{.connection = {"hub.example", "dev 1", iothub::SharedAccessKey(key), ""},
                       .update = update,
                       .agent = "fwdevice/1"},
        state, DeviceWorld{clock, timers, gate, [] { return 0.5; }}, link, *this);
    return *device;
  }
  void go_online(json desired = json::object()) {
    link.peer->on_connected();
    link.peer->on_subscribed({0, 0});
    desired["$version"] = version;
    link.peer->on_message(link.answer_topic(200), json{{"desired", desired}}.dump());
    answer_reports();
  }
  void notify(json patch) {
    patch["$version"] = ++version;
    link.peer->on_message("$iothub/twin/PATCH/properties/desired/?$version=" + std::to_string(version), patch.dump());
    answer_reports();
  }
  void answer_reports() {
    for (std::size_t seen = 0; answering && seen != link.published.size();) {
      seen = link.published.size();
      link.peer->on_message(link.answer_topic(204), "");
    }
  }
  void pass(std::chrono::nanoseconds time) {
    clock.advance(time);
    timers.run_due();
    answer_reports();
  }
  json last_report() const { return json::parse(link.published.back().second).at("firmware"); }

  fwctl::test::FakeClock clock;
  Timers timers{clock};
  ConnectGate gate{1};
  test::FakeLink link;
  std::int64_t version = 1;
  bool answering = true;
  std::unique_ptr<SimulatedDevice> device;
  std::vector<std::string> said;
  std::vector<std::string> losses;
  std::vector<std::chrono::milliseconds> waits;
  int saved = 0;
  int onlines = 0;
};

TEST_F(SimulatedDeviceTest, LogsInAsTheHubExpects) {
  make().start();

  ASSERT_EQ(link.logins.size(), 1U);
  EXPECT_EQ(link.logins[0].client_id, "dev 1");
  EXPECT_EQ(link.logins[0].user_name, "hub.example/dev 1/?api-version=2021-04-12&DeviceClientType=fwdevice%2F1");
  EXPECT_THAT(link.logins[0].password, StartsWith("SharedAccessSignature sr=hub.example%2Fdevices%2Fdev%201&sig="));
  EXPECT_THAT(link.logins[0].password, HasSubstr("se=1767229200"));  // 2026-01-01T01:00:00Z
  EXPECT_THAT(link.logins[0].password, Not(HasSubstr("skn")));
}

TEST_F(SimulatedDeviceTest, IsOnlineOnceTheHubTookItsState) {
  answering = false;
  make().start();

  go_online();
  EXPECT_FALSE(device->online());
  answering = true;
  answer_reports();

  EXPECT_TRUE(device->online());
  EXPECT_EQ(onlines, 1);
}

TEST_F(SimulatedDeviceTest, CarriesOutAnUpdateInItsTime) {
  make().start();
  go_online();

  notify({{"patchId", "Firmware update"}, {"firmware", wish("2.0.0")}});
  for (const auto phase : {30s, 10s, 30s}) pass(phase);
  EXPECT_EQ(last_report()["fwUpdateStatus"], "rebooting");
  pass(40s);

  EXPECT_EQ(last_report()["currentFwVersion"], "2.0.0");
  EXPECT_EQ(last_report()["lastFwUpdateEndTime"], "2026-01-01T00:01:50.000Z");
  EXPECT_GT(saved, 4);
}

TEST_F(SimulatedDeviceTest, DoesNothingWhenAnotherPartOfTheTwinIsWritten) {
  make().start();
  go_online({{"firmware", wish("1.0.0")}});
  const auto reports = link.published.size();

  notify({{"interval", 5}});

  EXPECT_EQ(link.published.size(), reports);
}

TEST_F(SimulatedDeviceTest, MergesAPartialWishIntoTheOneItKnows) {
  make().start();
  go_online({{"firmware", wish("1.0.0")}});

  notify({{"firmware", {{"fwVersion", "3.0.0"}}}});

  EXPECT_EQ(device->state().target.version, "3.0.0");
  EXPECT_EQ(device->state().target.package_uri, "https://h/p");
}

TEST_F(SimulatedDeviceTest, ComesBackAfterGrowingWaits) {
  make().start();

  for (int i = 0; i < 9; ++i) {
    link.peer->on_lost(broken);
    pass(waits.back());
  }

  EXPECT_THAT(waits, ElementsAre(1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s));
  EXPECT_EQ(link.logins.size(), 10U);
}

TEST_F(SimulatedDeviceTest, StartsOverWithShortWaitsAfterAConnectionThatLasted) {
  make().start();
  link.peer->on_lost(broken);
  pass(1s);
  go_online();
  pass(29s);
  link.peer->on_lost(broken);
  pass(2s);
  go_online();
  pass(30s);
  link.peer->on_lost(broken);

  EXPECT_THAT(waits, ElementsAre(1s, 2s, 1s));
}

TEST_F(SimulatedDeviceTest, TriesAFreshTokenOnceAndThenSlowly) {
  make().start();
  for (int i = 0; i < 4; ++i) {
    link.peer->on_lost(not_authorized);
    pass(waits.back());
  }

  EXPECT_THAT(waits, ElementsAre(1s, 60s, 120s, 240s));
  EXPECT_NE(link.logins[0].password, link.logins[1].password);
}

TEST_F(SimulatedDeviceTest, RenewsItsTokenBeforeItExpires) {
  make().start();
  go_online();

  pass(49min);
  EXPECT_EQ(link.logins.size(), 1U);
  pass(1min);

  ASSERT_EQ(link.logins.size(), 2U);
  EXPECT_EQ(link.closed, 1);
  EXPECT_NE(link.logins[0].password, link.logins[1].password);
  go_online();
  EXPECT_TRUE(device->online());
  EXPECT_THAT(losses, ElementsAre());
}

TEST_F(SimulatedDeviceTest, DoesNotWaitForEverForTheConnection) {
  make().start();

  pass(SimulatedDevice::connect_timeout);

  EXPECT_FALSE(link.is_open);
  EXPECT_THAT(losses, ElementsAre(HasSubstr("CONNECT")));
}

TEST_F(SimulatedDeviceTest, ClosesAConnectionThatDoesNotAnswer) {
  answering = false;
  make().start();
  go_online();

  pass(45s);

  EXPECT_FALSE(link.is_open);
  EXPECT_THAT(losses, ElementsAre(HasSubstr("report")));
  pass(1s);
  EXPECT_TRUE(link.is_open);
}

TEST_F(SimulatedDeviceTest, FinishesItsUpdateWhileItIsAwayAndSaysSoLater) {
  make().start();
  go_online();
  notify({{"firmware", wish("2.0.0")}});
  link.peer->on_lost(broken);

  for (const auto phase : {30s, 10s, 30s, 40s}) pass(phase);
  go_online({{"firmware", wish("2.0.0")}});

  EXPECT_EQ(last_report()["currentFwVersion"], "2.0.0");
  EXPECT_EQ(last_report()["fwUpdateStatus"], "current");
}

TEST_F(SimulatedDeviceTest, VanishesAndComesBackLate) {
  make({.misbehaviour = Misbehaviour::vanish, .phase = firmware::Status::downloading, .absence = 200s}).start();
  go_online();

  notify({{"firmware", wish("2.0.0")}});
  EXPECT_FALSE(link.is_open);
  EXPECT_FALSE(device->online());
  pass(199s);
  EXPECT_FALSE(link.is_open);
  pass(1s);

  EXPECT_TRUE(link.is_open);
}

TEST_F(SimulatedDeviceTest, VanishesForGood) {
  make({.misbehaviour = Misbehaviour::vanish}).start();
  go_online();
  notify({{"firmware", wish("2.0.0")}});

  for (int i = 0; i < 100; ++i) pass(1min);

  EXPECT_FALSE(link.is_open);
  EXPECT_EQ(link.logins.size(), 1U);
}

TEST_F(SimulatedDeviceTest, SaysWhatTheHubRefused) {
  answering = false;
  make().start();
  go_online();

  link.peer->on_message(link.answer_topic(400), R"({"errorCode":400004})");

  EXPECT_EQ(said.back(), R"(The hub refused a report with 400: {"errorCode":400004})");
}

TEST_F(SimulatedDeviceTest, WaitsAtTheGateAndGivesItsPlaceBack) {
  bool second = false;
  make().start();
  gate.enter([&] { second = true; });
  EXPECT_FALSE(second);

  link.peer->on_lost(broken);
  EXPECT_TRUE(second);
  pass(1s);
  EXPECT_EQ(link.logins.size(), 1U) << "the second one holds the only place";
  gate.leave();

  EXPECT_EQ(link.logins.size(), 2U);
}

TEST_F(SimulatedDeviceTest, StopsForGood) {
  make().start();
  go_online();

  device->stop();
  pass(24h);

  EXPECT_FALSE(link.is_open);
  EXPECT_EQ(link.logins.size(), 1U);
}

}  // namespace
}  // namespace fwctl::device
