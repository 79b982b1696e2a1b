#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hub_fixture.hpp"
#include "tests/support/temporary_folder.hpp"

namespace fwctl::localhub {
namespace {

using std::chrono::seconds;
using test::HubFixture;
using testing::HasSubstr;
using testing::StartsWith;
using Json = HubFixture::Json;

class DirectMethods : public testing::Test {
 protected:
  DirectMethods() { hub_.create_device("d"); }

  /// Sends the request; the answer comes into `answers_` whenever it comes.
  void invoke(const Json& body, const std::string& path = "/twins/d/methods") {
    HttpRequest request{"POST", path + "?api-version=2021-04-12", {}, body.dump()};
    request.headers["Authorization"] = hub_.token("localhost", HubFixture::key, "iothubowner");
    hub_.hub().handle(request, [this](HttpResponse response, const Delivery&) { answers_.push_back(response); });
  }
  /// What the device was sent since the last look.
  Effect call() {
    const auto effects = hub_.hub().take_effects();
    EXPECT_EQ(effects.size(), 1U);
    return effects.empty() ? Effect{} : effects.front();
  }
  static std::string rid(const Effect& effect) { return effect.topic.substr(effect.topic.find("$rid=") + 5); }
  bool answer(ConnectionId device, const Effect& effect, int status, const std::string& payload) {
    return hub_.hub().publish(device, fmt::format("$iothub/methods/res/{}/?$rid={}", status, rid(effect)), payload, 0);
  }
  std::string code() const {
    return std::to_string(answers_.back().status) + " " +
           std::string(header(answers_.back().headers, "iothub-errorcode"));
  }

  HubFixture hub_;
  std::vector<HttpResponse> answers_;
};

TEST_F(DirectMethods, ReachTheDeviceAndComeBack) {
  const ConnectionId device = hub_.connect("d");
  invoke({{"methodName", "reboot"}, {"payload", {{"delay", 5}}}, {"responseTimeoutInSeconds", 30}});
  const Effect sent = call();
  EXPECT_EQ(sent.connection, device);
  EXPECT_THAT(sent.topic, StartsWith("$iothub/methods/POST/reboot/?$rid="));
  EXPECT_EQ(sent.payload, R"({"delay":5})");
  EXPECT_TRUE(answers_.empty());

  EXPECT_TRUE(answer(device, sent, 207, R"({"ok":true})"));
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].status, 200);
  EXPECT_EQ(answers_[0].body, R"({"status":207,"payload":{"ok":true}})");
  EXPECT_TRUE(answer(device, sent, 200, "")) << "a second answer goes nowhere";
  EXPECT_EQ(answers_.size(), 1U);
}

TEST_F(DirectMethods, CarryNoEmptyPayload) {
  const ConnectionId device = hub_.connect("d");
  invoke({{"methodName", "m"}});
  const Effect sent = call();
  EXPECT_EQ(sent.payload, "null") << "an empty one makes the Node SDK answer by itself";
  answer(device, sent, 200, "");
  EXPECT_EQ(Json::parse(answers_[0].body)["payload"], nullptr);
  invoke({{"methodName", "m"}});
  answer(device, call(), 200, "no json");
  EXPECT_EQ(Json::parse(answers_[1].body)["payload"], "no json");
}

TEST_F(DirectMethods, FailAtOnceWhenTheDeviceIsNotThere) {
  invoke({{"methodName", "m"}});
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(code(), "404 DeviceNotOnline");
  const Json inner = Json::parse(Json::parse(answers_[0].body)["Message"].get<std::string>());
  EXPECT_EQ(inner["errorCode"], 404103);
  invoke({{"methodName", "m"}}, "/twins/nobody/methods");
  EXPECT_EQ(code(), "404 DeviceNotFound");
}

TEST_F(DirectMethods, WaitForTheDeviceToConnect) {
  invoke({{"methodName", "m"}, {"connectTimeoutInSeconds", 10}});
  EXPECT_TRUE(answers_.empty());
  hub_.clock.advance(seconds{9});
  hub_.run_due();
  const ConnectionId device = hub_.connect("d");
  answer(device, call(), 200, "1");
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].body, R"({"status":200,"payload":1})");

  hub_.hub().disconnect(device);
  invoke({{"methodName", "m"}, {"connectTimeoutInSeconds", 10}});
  hub_.clock.advance(seconds{10});
  hub_.run_due();
  EXPECT_EQ(code(), "404 DeviceNotOnline");
}

TEST_F(DirectMethods, ReachADeviceThatKeptItsSubscription) {
  hub_.hub().disconnect(hub_.connect("d"));
  invoke({{"methodName", "m"}, {"connectTimeoutInSeconds", 10}});
  hub_.hub().connect(hub_.login("d"));
  EXPECT_THAT(call().topic, HasSubstr("/POST/m/"));
}

TEST_F(DirectMethods, EndWhenTheDeviceIsSilentOrLeaves) {
  const ConnectionId device = hub_.connect("d");
  invoke({{"methodName", "m"}, {"responseTimeoutInSeconds", 5}});
  hub_.clock.advance(seconds{5});
  hub_.run_due();
  EXPECT_EQ(code(), "504 GatewayTimeout");
  invoke({{"methodName", "m"}});
  hub_.hub().disconnect(device);
  EXPECT_EQ(code(), "404 DeviceNotOnline");
}

TEST_F(DirectMethods, AreAnsweredByTheDeviceThatWasAskedOnly) {
  hub_.create_device("other");
  const ConnectionId device = hub_.connect("d");
  const ConnectionId other = hub_.connect("other");
  invoke({{"methodName", "m"}});
  const Effect sent = call();
  answer(other, sent, 200, "1");
  hub_.hub().publish(device, "$iothub/methods/res/200/?$rid=" + rid(sent) + "x", "1", 0);
  EXPECT_TRUE(answers_.empty());
  EXPECT_FALSE(answer(device, sent, 200, std::string(128 * 1024 + 1, '1'))) << "more than a method may say";
  EXPECT_FALSE(hub_.hub().publish(device, "$iothub/methods/res/x/?$rid=1", "", 0));
  EXPECT_FALSE(hub_.hub().publish(device, "$iothub/methods/res/200", "", 0));
}

TEST_F(DirectMethods, ReachModules) {
  hub_.create_module("d", "m");
  const ConnectionId module = hub_.connect("d/m");
  invoke({{"methodName", "x"}}, "/twins/d/modules/m/methods");
  const Effect sent = call();
  EXPECT_EQ(sent.connection, module);
  answer(module, sent, 200, "{}");
  EXPECT_EQ(answers_[0].status, 200);
}

TEST_F(DirectMethods, AreRefusedByTheRules) {
  const auto refused = [this](const Json& body) {
    invoke(body);
    return code();
  };
  EXPECT_EQ(refused({{"payload", 1}}), "400 ArgumentNull");
  EXPECT_EQ(refused({{"methodName", "a/b"}}), "400 ArgumentInvalid");
  EXPECT_EQ(refused({{"methodName", "m"}, {"responseTimeoutInSeconds", 4}}), "400 ArgumentInvalid");
  EXPECT_EQ(refused({{"methodName", "m"}, {"responseTimeoutInSeconds", 301}}), "400 ArgumentInvalid");
  EXPECT_EQ(refused({{"methodName", "m"}, {"responseTimeoutInSeconds", "soon"}}), "400 ArgumentInvalid");
  EXPECT_EQ(refused({{"methodName", "m"}, {"responseTimeoutInSeconds", "4"}}), "400 ArgumentInvalid");
  EXPECT_EQ(refused({{"methodName", "m"}, {"responseTimeoutInSeconds", "30"}}), "404 DeviceNotOnline")
      << "the Azure CLI sends numbers as texts";
  EXPECT_EQ(refused({{"methodName", "m"}, {"responseTimeoutInSeconds", 10}, {"connectTimeoutInSeconds", 11}}),
            "400 ArgumentInvalid");
  EXPECT_EQ(refused({{"methodName", "m"}, {"payload", std::string(200'000, 'x')}}), "413 GenericRequestEntityTooLarge");
}

class MethodJobs : public DirectMethods {
 protected:
  void schedule(const Json& more = Json::object()) {
    Json body{{"type", "scheduleDeviceMethod"},
              {"queryCondition", "*"},
              {"cloudToDeviceMethod", {{"methodName", "m"}, {"payload", {{"a", 1}}}}}};
    body.update(more);
    EXPECT_EQ(hub_.call("PUT", "/jobs/v2/j", body).status, 200);
  }
  Json job() { return hub_.json("GET", "/jobs/v2/j"); }
  Json rows() { return hub_.json("POST", "/devices/query", {{"query", "SELECT * FROM devices.jobs"}}); }
};

TEST_F(MethodJobs, CallEveryDeviceAndKeepWhatEachAnswered) {
  hub_.create_device("off");
  const ConnectionId device = hub_.connect("d");
  schedule();
  hub_.run_due();
  EXPECT_EQ(job()["status"], "running");
  EXPECT_EQ(job()["deviceJobStatistics"].dump(),
            R"({"deviceCount":2,"failedCount":1,"succeededCount":0,"runningCount":1,"pendingCount":0})");
  answer(device, call(), 202, R"({"done":true})");

  EXPECT_EQ(job()["status"], "completed");
  EXPECT_EQ(job()["deviceJobStatistics"]["succeededCount"], 1);
  EXPECT_EQ(job()["cloudToDeviceMethod"]["payload"][0], '{') << "the real hub shows the bytes of the payload";
  EXPECT_EQ(rows()[0]["outcome"].dump(), R"({"deviceMethodResponse":{"status":202,"payload":{"done":true}}})");
  EXPECT_EQ(rows()[1]["error"]["code"], "DeviceNotOnline");
  EXPECT_FALSE(rows()[1].contains("outcome"));
}

TEST_F(MethodJobs, FailDevicesThatDoNotAnswerInTime) {
  hub_.connect("d");
  schedule({{"maxExecutionTimeInSeconds", 10}});
  hub_.run_due();
  hub_.clock.advance(seconds{10});
  hub_.run_due();
  EXPECT_EQ(job()["status"], "completed");
  EXPECT_EQ(rows()[0]["error"]["code"], "JobRunPreconditionFailed");
  hub_.clock.advance(seconds{30});
  hub_.run_due();
  EXPECT_EQ(job()["deviceJobStatistics"]["failedCount"], 1) << "an answer too late changes nothing";
}

TEST_F(MethodJobs, CallAHundredDevicesAtATime) {
  for (int i = 0; i < 150; ++i) hub_.create_device("x" + std::to_string(i));
  std::vector<ConnectionId> devices;
  for (int i = 0; i < 150; ++i) devices.push_back(hub_.connect("x" + std::to_string(i)));
  schedule({{"queryCondition", "STARTSWITH(deviceId, 'x')"}});
  hub_.run_due();
  EXPECT_EQ(job()["deviceJobStatistics"]["runningCount"], 100);
  for (int round = 0; round < 2; ++round) {
    for (const Effect& effect : hub_.hub().take_effects()) answer(effect.connection, effect, 200, "{}");
    hub_.run_due();
  }
  EXPECT_EQ(job()["deviceJobStatistics"]["succeededCount"], 150);
  EXPECT_EQ(job()["status"], "completed");
}

TEST_F(MethodJobs, NeedAMethod) {
  EXPECT_EQ(hub_.call("PUT", "/jobs/v2/j", {{"type", "scheduleDeviceMethod"}, {"queryCondition", "*"}}).status, 400);
}

TEST(MethodJobsOnDisk, CallAgainWhoeverWasBeingCalledWhenTheHubDied) {
  const test::TemporaryFolder folder;
  HubFixture hub({.database = (folder.path() / "hub.db").string()});
  hub.create_device("d");
  hub.connect("d");
  hub.call("PUT", "/jobs/v2/j",
           {{"type", "scheduleDeviceMethod"},
            {"queryCondition", "*"},
            {"cloudToDeviceMethod", {{"methodName", "m"}, {"connectTimeoutInSeconds", 30}}}});
  hub.run_due();
  hub.restart();
  hub.run_due();
  EXPECT_EQ(hub.json("GET", "/jobs/v2/j")["deviceJobStatistics"]["runningCount"], 1);
  const ConnectionId device = hub.connect("d");
  const auto effects = hub.hub().take_effects();
  ASSERT_EQ(effects.size(), 1U);
  hub.hub().publish(device, "$iothub/methods/res/200/?" + effects[0].topic.substr(effects[0].topic.find("$rid=")), "1",
                    0);
  EXPECT_EQ(hub.json("GET", "/jobs/v2/j")["status"], "completed");
}

}  // namespace
}  // namespace fwctl::localhub
