#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hub_fixture.hpp"

namespace fwctl::localhub {
namespace {

using test::HubFixture;
using testing::HasSubstr;
using Json = HubFixture::Json;

class Registry : public testing::Test {
 protected:
  int put(const std::string& id, Headers headers = {}, Json body = Json::object()) {
    return hub_.call("PUT", "/devices/" + id, body, std::move(headers)).status;
  }
  int asked_with(const std::string& authorization, const std::string& path = "/devices/a") {
    return hub_.send({"GET", path + "?api-version=2021-04-12", {{"Authorization", authorization}}, ""}).status;
  }

  HubFixture hub_;
};

TEST_F(Registry, CreatesWithoutIfMatchAndReplacesWithIt) {
  EXPECT_EQ(put("a", {{"If-Match", "*"}}), 404);
  EXPECT_EQ(put("a"), 200);
  EXPECT_EQ(put("a"), 409);
  EXPECT_EQ(put("a", {{"If-Match", "\"stale\""}}), 412);
  EXPECT_EQ(put("a", {{"If-Match", "\"*\""}}), 200);
  const std::string etag = hub_.json("GET", "/devices/a")["etag"];
  EXPECT_EQ(put("a", {{"If-Match", "\"" + etag + "\""}}), 200);
  EXPECT_NE(hub_.json("GET", "/devices/a")["etag"], etag);
}

TEST_F(Registry, MakesKeysThatAreNotGiven) {
  const Json none{{"authentication", {{"type", "sas"}, {"symmetricKey", {{"primaryKey", ""}, {"secondaryKey", ""}}}}}};
  const Json made = hub_.json("PUT", "/devices/a", none);

  EXPECT_EQ(base64_decode(made["authentication"]["symmetricKey"]["primaryKey"].get<std::string>())->size(), 32U);
  EXPECT_EQ(made["connectionState"], "Disconnected");
  const Json half{{"authentication", {{"symmetricKey", {{"primaryKey", HubFixture::key}}}}}};
  EXPECT_EQ(hub_.call("PUT", "/devices/b", half).status, 400);
}

TEST_F(Registry, DeletesOnlyWithIfMatch) {
  put("a");

  EXPECT_EQ(hub_.call("DELETE", "/devices/a").status, 412);
  EXPECT_EQ(hub_.call("DELETE", "/devices/a", nullptr, {{"If-Match", "*"}}).status, 204);
  EXPECT_EQ(hub_.call("DELETE", "/devices/a", nullptr, {{"If-Match", "*"}}).status, 404);
  EXPECT_EQ(hub_.call("GET", "/twins/a").status, 404);
}

TEST_F(Registry, RefusesIdsAndBodiesThatAreNone) {
  for (const char* id : {"a%20b", "%C3%BC", "a%2Fb", "%22"}) EXPECT_EQ(put(id), 400) << id;
  EXPECT_EQ(put(std::string(129, 'x')), 400);
  EXPECT_EQ(put("a", {}, {{"deviceId", "b"}}), 400);
  EXPECT_EQ(put("a", {}, {{"status", "broken"}}), 400);
  EXPECT_EQ(put("a", {}, {{"authentication", "sas"}}), 400);
  EXPECT_EQ(put("d%231%25%27"), 200);
  EXPECT_EQ(header(hub_.call("PUT", "/devices/a%20b", Json::object()).headers, "iothub-errorcode"),
            "IotHubFormatError");
}

TEST_F(Registry, RegistersInBulkLineByLine) {
  put("b");
  const HttpResponse response = hub_.call("POST", "/devices",
                                          {{{"id", "a"}, {"importMode", "create"}, {"tags", {{"x", 1}}}},
                                           {{"id", "b"}, {"importMode", "create"}},
                                           {{"id", "c"}, {"importMode", "create"}, {"tags", {{"bad.key", 1}}}}});

  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(header(response.headers, "IotHubErrorCode"), "BulkRegistryOperationFailure");
  const Json errors = Json::parse(response.body)["errors"];
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0]["errorCode"], "DeviceAlreadyExists");
  EXPECT_EQ(hub_.twin("a")["tags"]["x"], 1);
  EXPECT_EQ(hub_.call("GET", "/devices/c").status, 404) << "a line is kept whole or not at all";
  EXPECT_EQ(hub_.call("POST", "/devices", Json::array()).status, 400);
}

TEST_F(Registry, TakesOneLineForEachDeviceInBulk) {
  const Json line{{"id", "a"}, {"importMode", "createOrUpdate"}};

  const Json errors = hub_.json("POST", "/devices", Json::array({line, line}))["errors"];

  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0]["errorCode"], "DeviceDefinedMultipleTimes");
}

TEST_F(Registry, ListsAndCounts) {
  put("a");
  put("b", {}, {{"status", "disabled"}});

  EXPECT_EQ(hub_.json("GET", "/devices/?top=1").size(), 1U);
  EXPECT_EQ(hub_.json("GET", "/devices").size(), 2U);
  EXPECT_EQ(hub_.json("GET", "/statistics/devices").dump(),
            R"({"totalDeviceCount":2,"enabledDeviceCount":1,"disabledDeviceCount":1})");
}

TEST_F(Registry, LetsOnlyGoodTokensIn) {
  put("a");
  const auto token = [&](const std::string& host, const std::string& policy, std::chrono::seconds life) {
    return hub_.token(host, HubFixture::key, policy, life);
  };
  const std::chrono::hours hour{1};
  EXPECT_EQ(asked_with(token("localhost", "iothubowner", hour)), 200);
  EXPECT_EQ(asked_with(token("LOCALHOST:8443", "registryRead", hour)), 200);
  for (const char* scope : {"localhost/", "localhost/devices", "localhost/devices/", "localhost/devices/a/"}) {
    EXPECT_EQ(asked_with(token(scope, "registryRead", hour)), 200) << scope;
  }
  EXPECT_EQ(asked_with(token("localhost", "registryRead", -std::chrono::minutes{4})), 200) << "five minutes of grace";

  EXPECT_EQ(asked_with(token("localhost", "registryRead", -std::chrono::minutes{6})), 401);
  EXPECT_EQ(asked_with(token("localhost", "service", hour)), 401) << "that policy may not read identities";
  EXPECT_EQ(asked_with(token("localhost", "nobody", hour)), 401);
  EXPECT_EQ(asked_with(token("other.net", "iothubowner", hour)), 401);
  EXPECT_EQ(asked_with(token("localhost/devices/b", "iothubowner", hour)), 401);
  EXPECT_EQ(asked_with(hub_.token("localhost", "d3Jvbmc=", "iothubowner")), 401);
  for (const char* text :
       {"", "Bearer x", "SharedAccessSignature ", "SharedAccessSignature sr=localhost&sig=&se=1&skn=iothubowner",
        "SharedAccessSignature sr=localhost&sig=x&se=99999999999999999999&skn=iothubowner"}) {
    EXPECT_EQ(asked_with(text), 401) << text;
  }
}

TEST_F(Registry, SaysUnauthorizedAsTheRealHubDoes) {
  const HttpResponse response = hub_.send({"GET", "/devices/a?api-version=2021-04-12", {}, ""});

  EXPECT_EQ(header(response.headers, "iothub-errorcode"), "IotHubUnauthorizedAccess");
  EXPECT_THAT(
      response.body,
      HasSubstr(R"({"Message":"ErrorCode:IotHubUnauthorizedAccess;Unauthorized","ExceptionMessage":"Tracking ID:)"));
}

TEST_F(Registry, NamesWhatNeverBecameARequest) {
  for (const auto& [status, name] :
       {std::pair{400, "GenericBadRequest"}, std::pair{413, "GenericRequestEntityTooLarge"},
        std::pair{431, "GenericBadRequest"}}) {
    const HttpResponse response = hub_.hub().refusal(status);
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(header(response.headers, "iothub-errorcode"), name);
    EXPECT_EQ(header(response.headers, "Content-Type"), "application/json; charset=utf-8");
    EXPECT_THAT(response.body, HasSubstr("ErrorCode:"));
  }
}

TEST_F(Registry, GivesEveryAnswerAnIdOfItsOwn) {
  const HttpResponse first = hub_.call("GET", "/devices");
  const HttpResponse second = hub_.call("GET", "/nowhere");

  EXPECT_THAT(header(first.headers, "x-ms-request-id"), testing::SizeIs(36));
  EXPECT_NE(header(first.headers, "x-ms-request-id"), header(second.headers, "x-ms-request-id"));
}

TEST_F(Registry, TakesTheVariantsOfEverySdk) {
  put("a");
  EXPECT_EQ(hub_.call("POST", "/twins/a", {{"tags", {{"x", 1}}}}, {{"X-HTTP-Method-Override", "PATCH"}}).status, 200);
  EXPECT_EQ(hub_.call("POST", "/twins/a", Json::object()).status, 405);
  EXPECT_EQ(hub_.call("GET", "/nowhere").status, 404);
  EXPECT_EQ(
      hub_.send({"GET", "/devices/a", {{"Authorization", hub_.token("localhost", HubFixture::key, "iothubowner")}}, ""})
          .status,
      400)
      << "no api-version";
  EXPECT_EQ(hub_.json("GET", "/jobs"), Json::array());
  EXPECT_EQ(hub_.call("GET", "/jobs/x").status, 404);
}

TEST(Texts, ThatAreNoUtf8AreRefusedAtTheDoor) {
  test::HubFixture hub;
  EXPECT_EQ(hub.call("GET", "/jobs/v2/%8E").status, 400);
  EXPECT_EQ(hub.call("GET", "/twins/\x8E").status, 400);
  hub.create_device("d");
  ConnectRequest request = hub.login("d");
  request.username += "&model-id=%FF";
  EXPECT_EQ(hub.hub().connect(request).return_code, 5);
}

}  // namespace
}  // namespace fwctl::localhub
