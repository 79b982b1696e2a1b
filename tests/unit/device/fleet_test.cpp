#include "fwctl/device/fleet.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fwctl/base/error.hpp"
#include "fwctl/device/misbehaviour.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/unit/device/fake_link.hpp"

namespace fwctl::device {
namespace {

using nlohmann::json;
using testing::Each;
using testing::ElementsAre;
using namespace std::chrono_literals;

std::size_t count_of(const std::vector<UpdateSettings>& plan, Misbehaviour how) {
  return static_cast<std::size_t>(
      std::count_if(plan.begin(), plan.end(), [how](const auto& each) { return each.misbehaviour == how; }));
}

std::vector<Misbehaviour> kinds(const std::vector<UpdateSettings>& plan) {
  std::vector<Misbehaviour> result;
  for (const auto& each : plan) result.push_back(each.misbehaviour);
  return result;
}

TEST(PlanFleet, HitsExactlyTheSharesAskedFor) {
  const auto plan = plan_fleet({}, 100, {.fail = 0.03, .hang = 0.02, .vanish = 0.05, .lie = 0.01}, 7);

  ASSERT_EQ(plan.size(), 100U);
  EXPECT_EQ(count_of(plan, Misbehaviour::fail), 3U);
  EXPECT_EQ(count_of(plan, Misbehaviour::hang), 2U);
  EXPECT_EQ(count_of(plan, Misbehaviour::vanish), 5U);
  EXPECT_EQ(count_of(plan, Misbehaviour::lie), 1U);
}

TEST(PlanFleet, IsTheSameForTheSameSeedAlone) {
  const Shares shares{.fail = 0.3, .hang = 0.2, .vanish = 0.2, .lie = 0.1};

  EXPECT_EQ(kinds(plan_fleet({}, 50, shares, 7)), kinds(plan_fleet({}, 50, shares, 7)));
  EXPECT_NE(kinds(plan_fleet({}, 50, shares, 7)), kinds(plan_fleet({}, 50, shares, 8)));
}

TEST(PlanFleet, BringsEverySecondVanishedDeviceBack) {
  const auto plan = plan_fleet({}, 10, {.vanish = 1}, 7);

  EXPECT_EQ(std::count_if(plan.begin(), plan.end(), [](const auto& each) { return each.absence == 220s; }), 5);
  EXPECT_EQ(std::count_if(plan.begin(), plan.end(), [](const auto& each) { return !each.absence; }), 5);
}

TEST(PlanFleet, RefusesSharesThatAddUpToMoreThanTheFleet) {
  EXPECT_THROW(plan_fleet({}, 10, {.fail = 0.6, .lie = 0.5}, 7), UsageError);
}

/// Three devices whose hub answers at once.
class FleetTest : public testing::Test {
 protected:
  FleetTest() {
    for (const auto* id : {"a", "b", "c"}) {
      UpdateState state;
      state.reported.current_version = "1.0.0";
      fleet.add({.connection = {"hub", id, iothub::SharedAccessKey("MDEy"), ""}, .update = {}, .agent = "x"}, state);
    }
  }

  std::unique_ptr<MqttLink> make_link() {
    auto link = std::make_unique<test::FakeLink>();
    links.push_back(link.get());
    return link;
  }

  static void answer(test::FakeLink& link, const std::string& first_desired) {
    link.peer->on_connected();
    link.peer->on_subscribed({0, 0});
    link.peer->on_message(link.answer_topic(200), R"({"desired":)" + first_desired + "}");
    link.peer->on_message(link.answer_topic(204), "");
  }

  fwctl::test::FakeClock clock;
  Timers timers{clock};
  ConnectGate gate{2};
  std::vector<test::FakeLink*> links;
  std::vector<std::string> lost;
  Fleet fleet{{clock, timers, gate, [] { return 0.5; }},
              [this] { return make_link(); },
              [this](const std::string& id, const LinkLoss& loss) { lost.push_back(id + " " + loss.text); }};
};

TEST_F(FleetTest, CountsPhasesAndVersions) {
  fleet.start();
  answer(*links[0], R"({"$version":1})");
  answer(*links[1],
         R"({"firmware":{"fwVersion":"2","fwPackageURI":"https://h/p","fwPackageCheckValue":"c"},"$version":2})");

  const FleetCounts counts = fleet.counts();

  EXPECT_EQ(counts.connected, 2U);
  EXPECT_EQ(to_json(counts), json::parse(R"({"devices":3,"connected":2,
    "phases":{"current":2,"downloading":1,"verifying":0,"applying":0,"rebooting":0,"error":0,"rolledback":0},
    "versions":{"1.0.0":3}})"));
}

TEST_F(FleetTest, ConnectsNoMoreAtOnceThanTheGateLetsThrough) {
  fleet.start();
  EXPECT_TRUE(links[2]->logins.empty());

  links[0]->peer->on_connected();

  EXPECT_EQ(links[2]->logins.size(), 1U);
}

TEST_F(FleetTest, NamesTheDeviceThatLostItsConnection) {
  fleet.start();

  links[1]->peer->on_lost({LinkLoss::Kind::broken, 0, "reset"});

  EXPECT_THAT(lost, ElementsAre("b reset"));
}

TEST_F(FleetTest, StopsEveryDevice) {
  fleet.start();
  for (auto* link : links) answer(*link, R"({"$version":1})");

  fleet.stop();

  for (const auto* link : links) EXPECT_FALSE(link->is_open);
  EXPECT_EQ(fleet.counts().connected, 0U);
}

}  // namespace
}  // namespace fwctl::device
