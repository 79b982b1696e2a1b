#include <gmock/gmock.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>

#include "fwctl/device/fleet.hpp"
#include "fwctl/device/misbehaviour.hpp"
#include "fwctl/device/registration.hpp"
#include "fwctl/iothub/hub_client.hpp"
#include "tests/support/hub_fixture.hpp"

namespace fwctl::device {
namespace {

using namespace std::chrono_literals;
using Json = fwctl::test::HubFixture::Json;

/// The stand-in hub's core with devices and a service client on it, all on one fake clock and without a socket.
class InProcessHub final : public fwctl::test::HubFixture, public iothub::Transport {
 public:
  HttpResponse send(const iothub::Call& call) override { return HubFixture::send(call.request); }
  std::unique_ptr<MqttLink> make_link() { return std::make_unique<Link>(*this); }

  /// What happens on connections reaches the devices from here, never from within their own calls.
  void deliver() {
    for (bool busy = true; busy;) {
      for (const auto& effect : hub().take_effects()) arrive(effect);
      busy = !events_.empty();
      if (!busy) return;
      const auto event = std::move(events_.front());
      events_.pop_front();
      event();
    }
  }
  void cut_all() {
    for (auto& [id, link] : std::exchange(live_, {})) {
      hub().disconnect(id);
      link->lose();
    }
  }
  std::size_t live() const { return live_.size(); }

 private:
  struct Link final : MqttLink {
    explicit Link(InProcessHub& given) : owner(given) {}
    ~Link() override { close(); }

    void open(const MqttLogin& login, MqttEvents& given) override {
      events = &given;
      const auto answer = owner.hub().connect({login.client_id, login.user_name, login.password, false});
      const int code = answer.return_code;
      id = answer.connection;
      if (code == 0) owner.live_[id] = this;
      later([code](MqttEvents& to) {
        if (code == 0) return to.on_connected();
        to.on_lost({LinkLoss::Kind::refused, code, "refused"});
      });
    }
    void close() override {
      if (owner.live_.erase(id) != 0) owner.hub().disconnect(id);
      events = nullptr;
    }
    void subscribe(const std::vector<std::string>& filters) override {
      std::vector<localhub::Hub::Subscription> wanted;
      for (const auto& filter : filters) wanted.push_back({filter, 0});
      const auto granted = owner.hub().subscribe(id, wanted);
      ASSERT_TRUE(granted);
      later([codes = std::vector<int>(granted->begin(), granted->end())](MqttEvents& to) { to.on_subscribed(codes); });
    }
    void publish(const std::string& topic, const std::string& payload) override {
      ASSERT_TRUE(owner.hub().publish(id, topic, payload, 0)) << topic;
    }
    void lose() {
      later([](MqttEvents& to) { to.on_lost({LinkLoss::Kind::broken, 0, "closed"}); });
    }
    void later(std::function<void(MqttEvents&)> event) {
      owner.events_.emplace_back([this, connection = id, event = std::move(event)] {
        if (events != nullptr && id == connection) event(*events);
      });
    }

    InProcessHub& owner;
    MqttEvents* events = nullptr;
    localhub::ConnectionId id = 0;
  };

  void arrive(const localhub::Effect& effect) {
    const auto found = live_.find(effect.connection);
    if (found == live_.end()) return;
    if (effect.kind == localhub::Effect::Kind::close) return found->second->lose();
    found->second->later([effect](MqttEvents& to) { to.on_message(effect.topic, effect.payload); });
  }

  std::map<localhub::ConnectionId, Link*> live_;
  std::deque<std::function<void()>> events_;
};

struct Forward final : iothub::Transport {
  explicit Forward(iothub::Transport& given) : to(given) {}
  HttpResponse send(const iothub::Call& call) override { return to.send(call); }
  iothub::Transport& to;
};

class FleetOnHub : public testing::Test {
 protected:
  void start(std::size_t count, const Shares& shares = {}) {
    auto ids = device_ids("chiller-", count);
    auto connections = register_devices(client, "localhost", ids, R"({"devicetype":"chiller"})", [](std::size_t) {});
    const auto plan = plan_fleet({}, count, shares, 7);
    for (std::size_t i = 0; i < count; ++i) {
      UpdateState state;
      state.reported.current_version = "1.0.0";
      fleet.add({.connection = connections[i], .update = plan[i], .agent = "test"}, state);
    }
    fleet.start();
    pass(1s);
  }
  void pass(std::chrono::seconds time) {
    for (; time > 0s; time -= 1s) {
      hub.clock.advance(1s);
      hub.run_due();
      timers.run_due();
      hub.deliver();
    }
  }
  void schedule(const std::string& version) {
    client.create_job({.id = "firmware",
                       .query_condition = std::string(firmware::default_condition),
                       .update_twin = firmware::update_twin_patch({version, "https://h/p", "check"}),
                       .start = std::nullopt});
  }
  /// How many twins say so.
  std::size_t reported(const std::string& status, const std::string& version) {
    std::size_t count = 0;
    for (const auto& id : device_ids("chiller-", fleet.counts().devices)) {
      const Json firmware = hub.twin(id)["properties"]["reported"]["firmware"];
      if (firmware["fwUpdateStatus"] == status && firmware["currentFwVersion"] == version) ++count;
    }
    return count;
  }

  InProcessHub hub;
  std::unique_ptr<iothub::Transport> transport = iothub::with_sas_token(
      std::make_unique<Forward>(hub), iothub::parse_service_connection(hub.connection_string()), hub.clock);
  iothub::HubClient client{*transport, hub.clock, "test"};
  Timers timers{hub.clock};
  ConnectGate gate{16};
  Fleet fleet{{hub.clock, timers, gate, [] { return 0.5; }},
              [this] { return hub.make_link(); },
              [](const std::string&, const LinkLoss&) {}};
};

TEST_F(FleetOnHub, ComesOnlineAndReportsWhatItRuns) {
  start(50);

  EXPECT_EQ(fleet.counts().connected, 50U);
  EXPECT_EQ(reported("current", "1.0.0"), 50U);
}

TEST_F(FleetOnHub, CarriesOutAJob) {
  start(20);

  schedule("2.8.5");
  pass(120s);

  EXPECT_EQ(reported("current", "2.8.5"), 20U);
  EXPECT_EQ(hub.twin("chiller-001")["properties"]["reported"]["$version"], 12);
}

TEST_F(FleetOnHub, MisbehavesInExactlyTheSharesAskedFor) {
  start(100, {.fail = 0.03, .hang = 0.02, .vanish = 0.05, .lie = 0.01});

  schedule("2.8.5");
  pass(400s);

  EXPECT_EQ(reported("rolledback", "1.0.0"), 3U);
  EXPECT_EQ(reported("current", "1.0.0"), 1U) << "the liar";
  EXPECT_EQ(hub.live(), 98U) << "two vanished for good";
  EXPECT_EQ(reported("current", "2.8.5"), 89U + 3U) << "three came back late";
}

TEST_F(FleetOnHub, FindsAJobThatRanWhileItWasCutOff) {
  start(10);
  hub.cut_all();

  schedule("2.8.5");
  pass(200s);

  EXPECT_EQ(reported("current", "2.8.5"), 10U);
}

TEST_F(FleetOnHub, StaysOnlineForDaysWithFreshTokens) {
  start(3);

  pass(std::chrono::hours{30});

  EXPECT_EQ(fleet.counts().connected, 3U);
  EXPECT_EQ(reported("current", "1.0.0"), 3U);
}

}  // namespace
}  // namespace fwctl::device
