#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hub_fixture.hpp"

namespace fwctl::localhub {
namespace {

using test::HubFixture;
using testing::HasSubstr;
using Json = HubFixture::Json;

std::string code(const HttpResponse& response) {
  return std::to_string(response.status) + " " + std::string(header(response.headers, "iothub-errorcode"));
}

class ModuleIdentities : public testing::Test {
 protected:
  ModuleIdentities() { hub_.create_device("d"); }

  HubFixture hub_;
  const Headers any_{{"If-Match", "*"}};
};

TEST_F(ModuleIdentities, AreCreatedReadListedAndDeleted) {
  const HttpResponse created = hub_.call("PUT", "/devices/d/modules/m", {{"managedBy", "me"}});
  ASSERT_EQ(created.status, 200);
  const Json module = Json::parse(created.body);
  EXPECT_EQ(module["deviceId"], "d");
  EXPECT_EQ(module["moduleId"], "m");
  EXPECT_EQ(module["managedBy"], "me");
  EXPECT_EQ(module["authentication"]["symmetricKey"]["primaryKey"].get<std::string>().size(), 44U);
  EXPECT_FALSE(module.contains("status"));
  EXPECT_EQ(header(created.headers, "ETag"), '"' + module["etag"].get<std::string>() + '"');
  EXPECT_EQ(hub_.json("GET", "/devices/d/modules/m"), module);
  EXPECT_EQ(hub_.json("GET", "/devices/d/modules"), Json::array({module}));

  EXPECT_EQ(code(hub_.call("DELETE", "/devices/d/modules/m")), "412 PreconditionFailed");
  EXPECT_EQ(hub_.call("DELETE", "/devices/d/modules/m", nullptr, any_).status, 204);
  EXPECT_EQ(hub_.json("GET", "/devices/d/modules"), Json::array());
}

TEST_F(ModuleIdentities, AreRefusedByTheRules) {
  hub_.create_module("d", "m");
  const HttpResponse again = hub_.call("PUT", "/devices/d/modules/m", Json::object());
  EXPECT_EQ(code(again), "409 ModuleAlreadyExistsOnDevice");
  EXPECT_EQ(Json::parse(again.body)["errorCode"], 409301) << "modules have the flat envelope";
  EXPECT_EQ(code(hub_.call("PUT", "/devices/d/modules/x", Json::object(), any_)), "404 ModuleNotFound");
  EXPECT_EQ(code(hub_.call("PUT", "/devices/d/modules/m", Json::object(), {{"If-Match", "\"b2xk\""}})),
            "412 PreconditionFailed");
  EXPECT_EQ(code(hub_.call("PUT", "/devices/d/modules/$m", Json::object())), "400 ArgumentInvalid");
  EXPECT_EQ(code(hub_.call("PUT", "/devices/d/modules/a%2Fb", Json::object())), "400 IotHubFormatError");
  EXPECT_EQ(code(hub_.call("PUT", "/devices/d/modules/n", {{"moduleId", "o"}})), "400 ArgumentInvalid");
  EXPECT_EQ(code(hub_.call("GET", "/devices/d/modules/x")), "404 ModuleNotFound");
  EXPECT_EQ(code(hub_.call("GET", "/devices/nobody/modules")), "401 IotHubUnauthorizedAccess")
      << "as the real hub answers under a shared access token";
}

TEST_F(ModuleIdentities, AreAtMostFiftyOnADevice) {
  for (int i = 0; i < 50; ++i) hub_.create_module("d", "m" + std::to_string(i));
  EXPECT_EQ(code(hub_.call("PUT", "/devices/d/modules/more", Json::object())), "413 TooManyModulesOnDevice");
}

TEST_F(ModuleIdentities, GoWithTheirDevice) {
  hub_.create_module("d", "m");
  hub_.call("DELETE", "/devices/d", nullptr, any_);
  EXPECT_EQ(code(hub_.call("GET", "/twins/d/modules/m")), "404 DeviceNotFound");
}

TEST_F(ModuleIdentities, OfAnEdgeDeviceIncludeTheSystemsOwn) {
  const Json edge = hub_.json("PUT", "/devices/e", {{"deviceId", "e"}, {"capabilities", {{"iotEdge", true}}}});
  EXPECT_THAT(edge["deviceScope"], HasSubstr("ms-azure-iot-edge://e-"));
  const Json modules = hub_.json("GET", "/devices/e/modules");
  ASSERT_EQ(modules.size(), 2U);
  EXPECT_EQ(modules[0]["moduleId"], "$edgeAgent");
  EXPECT_EQ(modules[1]["managedBy"], "iotEdge");

  const Json leaf = hub_.json("PUT", "/devices/leaf", {{"deviceId", "leaf"}, {"deviceScope", edge["deviceScope"]}});
  EXPECT_EQ(leaf["parentScopes"], Json::array({edge["deviceScope"]}));
  EXPECT_EQ(code(hub_.call("PUT", "/devices/x", {{"deviceScope", "elsewhere"}})), "400 InvalidDeviceScope");
  EXPECT_EQ(hub_.call("POST", "/devices/e/applyConfigurationContent",
                      {{"modulesContent", {{"$edgeAgent", {{"properties.desired.x", 1}}}}}})
                .status,
            204);
  EXPECT_EQ(hub_.json("GET", "/twins/e/modules/$edgeAgent")["properties"]["desired"]["x"], 1);
}

TEST_F(ModuleIdentities, AreCarriedInBulk) {
  const Json done = hub_.json(
      "POST", "/devices",
      Json::array(
          {{{"id", "d"}, {"moduleId", "m"}, {"importMode", "create"}},
           {{"id", "d"}, {"moduleId", "m"}, {"importMode", "Create"}},
           {{"id", "d"}, {"moduleId", "m"}, {"importMode", "updateTwin"}, {"properties", {{"desired", {{"x", 1}}}}}}}));
  ASSERT_EQ(done["errors"].size(), 1U);
  EXPECT_EQ(done["errors"][0]["moduleId"], "m");
  EXPECT_EQ(done["errors"][0]["errorCode"], "DeviceDefinedMultipleTimes");
  EXPECT_EQ(hub_.json("GET", "/twins/d/modules/m")["properties"]["desired"]["x"], 1);
}

TEST_F(ModuleIdentities, HaveTwinsOfTheirOwn) {
  hub_.create_module("d", "m");
  const Json twin =
      hub_.json("PATCH", "/twins/d/modules/m", {{"tags", {{"a", 1}}}, {"properties", {{"desired", {{"x", 2}}}}}});
  EXPECT_EQ(twin["moduleId"], "m");
  EXPECT_EQ(twin["properties"]["desired"]["x"], 2);
  EXPECT_FALSE(hub_.twin("d").contains("tags"));
  EXPECT_EQ(hub_.json("PUT", "/twins/d/modules/m", Json::object())["tags"], Json::object());

  const Json found =
      hub_.json("POST", "/devices/query", {{"query", "SELECT * FROM devices.modules WHERE moduleId = 'm'"}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["deviceId"], "d");
  EXPECT_EQ(hub_.json("POST", "/devices/query", {{"query", "SELECT * FROM devices"}}).size(), 1U);
}

TEST_F(ModuleIdentities, ConnectWithTheirOwnKeyBesideTheirDevice) {
  hub_.create_module("d", "m");
  const ConnectionId device = hub_.connect("d");
  const ConnectionId module = hub_.connect("d/m");
  ASSERT_NE(module, 0U);
  EXPECT_EQ(hub_.json("GET", "/devices/d/modules/m")["connectionState"], "Connected");
  EXPECT_TRUE(hub_.hub().publish(module, "devices/d/modules/m/messages/events/", "{}", 1));
  EXPECT_FALSE(hub_.hub().publish(module, "devices/d/messages/events/", "{}", 1))
      << "its device's topic is not its own";
  EXPECT_FALSE(hub_.hub().subscribe(module, {{"devices/d/messages/devicebound/#", 0}}));
  hub_.report(module, {{"x", 1}});
  EXPECT_EQ(hub_.json("GET", "/twins/d/modules/m")["properties"]["reported"]["x"], 1);

  hub_.hub().take_effects();
  hub_.call("PATCH", "/twins/d/modules/m", {{"properties", {{"desired", {{"y", 1}}}}}});
  const auto told = hub_.hub().take_effects();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].connection, module);

  hub_.call("PUT", "/devices/d", {{"deviceId", "d"}, {"status", "disabled"}}, any_);
  EXPECT_FALSE(hub_.hub().publish(device, "devices/d/messages/events/", "{}", 1));
  EXPECT_FALSE(hub_.hub().publish(module, "devices/d/modules/m/messages/events/", "{}", 1));
  EXPECT_EQ(hub_.hub().connect(hub_.login("d/m")).return_code, 5) << "nor may it come back";
}

TEST_F(ModuleIdentities, DoNotConnectWithTheirDevicesToken) {
  hub_.create_module("d", "m");
  ConnectRequest request = hub_.login("d/m");
  request.password = hub_.token("localhost/devices/d", HubFixture::key, "");
  EXPECT_EQ(hub_.hub().connect(request).return_code, 5);
}

}  // namespace
}  // namespace fwctl::localhub
