#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hub_fixture.hpp"

namespace fwctl::localhub {
namespace {

using test::HubFixture;
using testing::HasSubstr;
using Json = HubFixture::Json;

class DigitalTwins : public testing::Test {
 protected:
  DigitalTwins() {
    hub_.create_device("d");
    ConnectRequest request = hub_.login("d");
    request.username += "&model-id=dtmi:com:example:Thing;1";
    device_ = hub_.hub().connect(request).connection;
    hub_.hub().subscribe(device_, {{"$iothub/methods/POST/#", 0}});
  }
  Json get() { return hub_.json("GET", "/digitaltwins/d"); }

  HubFixture hub_;
  ConnectionId device_ = 0;
};

TEST_F(DigitalTwins, JoinDesiredAndReported) {
  hub_.report(device_, {{"serial", "x1"},
                        {"target", {{"value", 20}, {"ac", 200}, {"av", 2}, {"ad", "done"}}},
                        {"motor", {{"__t", "c"}, {"speed", 7}}}});
  hub_.call("PATCH", "/twins/d", {{"properties", {{"desired", {{"target", 21}, {"wish", 1}}}}}});
  const Json twin = get();
  EXPECT_EQ(twin["$dtId"], "d");
  EXPECT_EQ(twin["$metadata"]["$model"], "dtmi:com:example:Thing;1");
  EXPECT_EQ(twin["serial"], "x1");
  EXPECT_EQ(twin["target"], 20);
  EXPECT_EQ(twin["$metadata"]["target"]["desiredValue"], 21);
  EXPECT_EQ(twin["$metadata"]["target"]["desiredVersion"], 2);
  EXPECT_EQ(twin["$metadata"]["target"]["ackCode"], 200);
  EXPECT_EQ(twin["$metadata"]["target"]["ackDescription"], "done");
  EXPECT_FALSE(twin.contains("wish")) << "the device has not said so yet";
  EXPECT_EQ(twin["$metadata"]["wish"]["desiredValue"], 1);
  EXPECT_EQ(twin["motor"]["speed"], 7);
  EXPECT_FALSE(twin["motor"].contains("__t"));
  EXPECT_TRUE(twin["motor"]["$metadata"]["speed"].contains("lastUpdateTime"));
}

TEST_F(DigitalTwins, ArePatchedThroughDesired) {
  const Json patch{{{"op", "add"}, {"path", "/target"}, {"value", 22}},
                   {{"op", "replace"}, {"path", "/motor/speed"}, {"value", 9}}};
  const HttpResponse done = hub_.call("PATCH", "/digitaltwins/d", patch);
  EXPECT_EQ(done.status, 202);
  EXPECT_EQ(header(done.headers, "ETag"), "\"AAAAAAAAAAI=\"");
  const Json desired = hub_.twin("d")["properties"]["desired"];
  EXPECT_EQ(desired["target"], 22);
  EXPECT_EQ(desired["motor"]["speed"], 9);
  EXPECT_EQ(desired["motor"]["__t"], "c");
  hub_.call("PATCH", "/digitaltwins/d", Json::array({{{"op", "remove"}, {"path", "/target"}}}));
  EXPECT_FALSE(hub_.twin("d")["properties"]["desired"].contains("target"));

  EXPECT_EQ(hub_.call("PATCH", "/digitaltwins/d", patch, {{"If-Match", "\"b2xk\""}}).status, 412);
  EXPECT_EQ(hub_.call("PATCH", "/digitaltwins/d", Json::object()).status, 400);
  for (const char* path : {"", "target", "/a/b/c"}) {
    EXPECT_EQ(hub_.call("PATCH", "/digitaltwins/d", Json::array({{{"op", "remove"}, {"path", path}}})).status, 400);
  }
  EXPECT_EQ(hub_.call("PATCH", "/digitaltwins/d", Json::array({{{"op", "move"}, {"path", "/a"}}})).status, 400);
  EXPECT_EQ(hub_.call("GET", "/digitaltwins/nobody").status, 404);
}

TEST_F(DigitalTwins, CarryCommandsToTheDevice) {
  HttpResponse answer;
  HttpRequest request{
      "POST", "/digitaltwins/d/components/motor/commands/stop?api-version=2020-09-30", {}, "{\"now\":true}"};
  request.headers["Authorization"] = hub_.token("localhost", HubFixture::key, "iothubowner");
  hub_.hub().handle(request, [&](HttpResponse response, const Delivery&) { answer = std::move(response); });
  const auto sent = hub_.hub().take_effects();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_THAT(sent[0].topic, HasSubstr("/POST/motor*stop/"));
  EXPECT_EQ(sent[0].payload, "{\"now\":true}");
  hub_.hub().publish(device_, "$iothub/methods/res/201/?" + sent[0].topic.substr(sent[0].topic.find("$rid=")), "\"ok\"",
                     0);
  EXPECT_EQ(answer.body, "\"ok\"");
  EXPECT_EQ(header(answer.headers, "x-ms-command-statuscode"), "201");
  EXPECT_EQ(hub_.call("POST", "/digitaltwins/d/commands/x?responseTimeoutInSeconds=4").status, 400);
}

}  // namespace
}  // namespace fwctl::localhub
