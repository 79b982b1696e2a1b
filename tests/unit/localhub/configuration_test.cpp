#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/hub_fixture.hpp"
#include "tests/support/temporary_folder.hpp"

namespace fwctl::localhub {
namespace {

using test::HubFixture;
using testing::ElementsAre;
using testing::HasSubstr;
using Json = HubFixture::Json;

class Configurations : public testing::Test {
 protected:
  static Json body(const std::string& id, const Json& more = Json::object()) {
    Json json{{"id", id},
              {"content", {{"deviceContent", {{"properties.desired.firmware", {{"fwVersion", id}}}}}}},
              {"targetCondition", "tags.devicetype = 'chiller'"},
              {"priority", 10}};
    if (more.is_object()) json.update(more);
    return json;
  }
  HttpResponse put(const std::string& id, const Json& more = Json::object(), const std::string& if_match = "") {
    return send(id, body(id, more), if_match);
  }
  HttpResponse send(const std::string& id, const Json& json, const std::string& if_match = "") {
    Headers headers;
    if (!if_match.empty()) headers["If-Match"] = if_match;
    return hub_.call("PUT", "/configurations/" + percent_encode(id), json, headers);
  }
  static std::string code(const HttpResponse& response) {
    return std::to_string(response.status) + " " + std::string(header(response.headers, "iothub-errorcode"));
  }
  Json get(const std::string& id) { return hub_.json("GET", "/configurations/" + id); }
  void chiller(const std::string& id) { hub_.create_device(id, {{"devicetype", "chiller"}}); }
  Json desired(const std::string& id) { return hub_.twin(id)["properties"]["desired"]; }
  std::string says(const std::string& id) {
    const Json twin = hub_.twin(id);
    return twin.contains("configurations") ? twin["configurations"].dump() : "";
  }

  HubFixture hub_;
};

TEST_F(Configurations, AreKeptAsGiven) {
  const HttpResponse made = put("firmware285", {{"schemaVersion", "1.0"},
                                                {"labels", {{"team", "cold"}}},
                                                {"metrics", {{"queries", {{"all", "SELECT deviceId FROM devices"}}}}}});
  EXPECT_EQ(made.status, 200);
  EXPECT_EQ(header(made.headers, "ETag"), "\"MQ==\"");

  const HttpResponse read = hub_.call("GET", "/configurations/firmware285");
  EXPECT_EQ(header(read.headers, "ETag"), "\"MQ==\"");
  const Json json = Json::parse(read.body);
  EXPECT_EQ(json["id"], "firmware285");
  EXPECT_EQ(json["schemaVersion"], "1.0");
  EXPECT_EQ(json["labels"]["team"], "cold");
  EXPECT_EQ(json["content"], body("firmware285")["content"]);
  EXPECT_EQ(json["targetCondition"], "tags.devicetype = 'chiller'");
  EXPECT_EQ(json["priority"], 10);
  EXPECT_EQ(json["etag"], "MQ==");
  EXPECT_EQ(json["createdTimeUtc"], json["lastUpdatedTimeUtc"]);
  EXPECT_EQ(json["metrics"]["queries"]["all"], "SELECT deviceId FROM devices");
  EXPECT_EQ(json["systemMetrics"]["queries"]["targetedCount"],
            "select deviceId from devices where tags.devicetype = 'chiller'");
  EXPECT_EQ(json["systemMetrics"]["queries"]["appliedCount"],
            "select deviceId from devices where configurations.[[firmware285]].status = 'Applied'");
}

TEST_F(Configurations, HaveDefaults) {
  send("c", {{"id", "c"}, {"content", {{"deviceContent", {{"properties.desired", {{"a", 1}}}}}}}, {"labels", nullptr}});
  const Json json = get("c");
  EXPECT_EQ(json["priority"], 0);
  EXPECT_EQ(json["schemaVersion"], nullptr);
  EXPECT_EQ(json["labels"], nullptr);
  EXPECT_EQ(json["targetCondition"], "");
  EXPECT_EQ(json["systemMetrics"]["queries"]["targetedCount"], "");
  EXPECT_EQ(json["metrics"]["queries"], Json::object());
}

TEST_F(Configurations, AreCreatedWithoutAnEtagAndUpdatedWithAQuotedOne) {
  EXPECT_EQ(code(put("c", {}, "\"*\"")), "404 ConfigurationNotFound");
  put("c");
  EXPECT_EQ(code(put("c")), "409 ConfigurationAlreadyExists");
  EXPECT_EQ(code(put("c", {}, "MQ==")), "409 ConfigurationAlreadyExists");
  EXPECT_EQ(code(put("c", {}, "\"Mg==\"")), "412 PreconditionFailed");

  hub_.clock.advance(std::chrono::seconds{1});
  const HttpResponse updated = put("c", {{"priority", 11}, {"targetCondition", "*"}}, "\"MQ==\"");
  EXPECT_EQ(updated.status, 200);
  EXPECT_EQ(header(updated.headers, "ETag"), "\"Mg==\"");
  const Json json = get("c");
  EXPECT_EQ(json["priority"], 11);
  EXPECT_EQ(json["targetCondition"], "*");
  EXPECT_LT(json["createdTimeUtc"], json["lastUpdatedTimeUtc"]);
  EXPECT_EQ(put("c", {}, "\"*\"").status, 200);
  EXPECT_EQ(put("c", {}, "*").status, 200);
  EXPECT_EQ(get("c")["etag"], "NA==");
}

TEST_F(Configurations, KeepTheirContentOverAnUpdate) {
  put("c");
  EXPECT_EQ(put("c", {{"content", {{"deviceContent", {{"properties.desired.other", 1}}}}}}, "\"*\"").status, 200);
  EXPECT_EQ(get("c")["content"], body("c")["content"]);

  Json without = body("c");
  without.erase("content");
  EXPECT_EQ(code(send("c", without, "\"*\"")), "400 InvalidConfigurationContent");
}

TEST_F(Configurations, ShowTheirMetricsInTheAnswerToAnUpdate) {
  chiller("a");
  put("c");
  hub_.run_due();
  const Json updated = Json::parse(put("c", {{"priority", 11}}, "\"*\"").body);
  EXPECT_EQ(updated["systemMetrics"]["results"]["appliedCount"], 1);
}

TEST_F(Configurations, AreListedAndRemoved) {
  EXPECT_EQ(hub_.json("GET", "/configurations"), Json::array());
  put("a");
  put("b", {{"priority", 20}});
  put("a%2!'*_+");
  for (const char* path : {"/configurations", "/configurations/", "/configurations/?top=1", "/configurations?top=1"}) {
    const Json all = hub_.json("GET", path);
    ASSERT_EQ(all.size(), 3U) << path;
    EXPECT_EQ(all[0]["id"], "b");
  }
  EXPECT_EQ(get(percent_encode("a%2!'*_+"))["id"], "a%2!'*_+");

  EXPECT_EQ(code(hub_.call("DELETE", "/configurations/a", nullptr, {{"If-Match", "\"Mg==\""}})),
            "412 PreconditionFailed");
  EXPECT_EQ(hub_.call("DELETE", "/configurations/a").status, 204);
  EXPECT_EQ(hub_.call("DELETE", "/configurations/b", nullptr, {{"If-Match", "\"*\""}}).status, 204);
  EXPECT_EQ(code(hub_.call("DELETE", "/configurations/a")), "404 ConfigurationNotFound");
  EXPECT_EQ(code(hub_.call("GET", "/configurations/a")), "404 ConfigurationNotFound");
}

TEST_F(Configurations, AreRefusedByTheRules) {
  const auto refused = [&](const Json& more) { return code(put("c", more)); };
  EXPECT_EQ(code(put("Upper")), "400 ArgumentInvalid");
  EXPECT_EQ(code(put("a.b")), "400 ArgumentInvalid");
  EXPECT_EQ(code(put(std::string(129, 'a'))), "400 ArgumentInvalid");
  EXPECT_EQ(code(send("c", body("d"))), "400 ArgumentInvalid");
  EXPECT_EQ(code(send("c", Json::array())), "400 ArgumentInvalid");
  EXPECT_EQ(refused({{"priority", 2147483648}}), "400 ArgumentInvalid");
  EXPECT_EQ(refused({{"priority", -2147483649}}), "400 ArgumentInvalid");
  EXPECT_EQ(refused({{"priority", 1.5}}), "400 ArgumentInvalid");
  EXPECT_EQ(refused({{"labels", {{"a", 1}}}}), "400 ArgumentInvalid");
  EXPECT_EQ(refused({{"targetCondition", "tags.x ="}}), "400 InvalidConfigurationTargetCondition");
  EXPECT_EQ(refused({{"targetCondition", "FROM devices.modules WHERE moduleId = 'm'"}}),
            "400 InvalidConfigurationTargetCondition");
  EXPECT_EQ(refused({{"targetCondition", "FROM devices WHERE deviceId = 'd'"}}),
            "400 InvalidConfigurationTargetCondition");
  EXPECT_EQ(refused({{"metrics", {{"queries", {{"m", "SELECT"}}}}}}), "400 InvalidConfigurationCustomMetricsQuery");
  EXPECT_EQ(refused({{"metrics", {{"queries", {{"m", "SELECT nope(1) FROM devices"}}}}}}),
            "400 InvalidConfigurationCustomMetricsQuery");
  EXPECT_EQ(refused({{"metrics", {{"queries", {{"m", 1}}}}}}), "400 InvalidConfigurationCustomMetricsQuery");
  Json six = Json::object();
  for (int i = 0; i < 6; ++i) six["m" + std::to_string(i)] = "SELECT deviceId FROM devices";
  EXPECT_EQ(refused({{"metrics", {{"queries", six}}}}), "400 InvalidConfigurationCustomMetricsQuery");
  six.erase("m5");
  EXPECT_EQ(refused({{"metrics", {{"queries", six}}}}), "200 ");
}

TEST_F(Configurations, WriteDesiredPropertiesAndNothingElse) {
  const auto refused = [&](const Json& content) { return code(put("c", {{"content", content}})); };
  const char* bad = "400 InvalidConfigurationContent";
  const Json good{{"properties.desired.a", 1}};
  EXPECT_EQ(refused(nullptr), bad);
  EXPECT_EQ(refused(Json::object()), bad);
  EXPECT_EQ(refused("text"), bad);
  EXPECT_EQ(refused({{"deviceContent", good}, {"moduleContent", good}}), bad);
  EXPECT_EQ(refused({{"deviceContent", 1}}), bad);
  for (const char* key : {"tags.x", "properties.reported.a", "properties.desiredx", "properties.desired.",
                          "properties.desired..a", "properties.desired.$version", "properties.desired.a b", ""}) {
    EXPECT_EQ(refused({{"deviceContent", {{key, 1}}}}), bad) << key;
  }
  EXPECT_EQ(refused({{"deviceContent", {{"properties.desired", 1}}}}), bad);
  EXPECT_EQ(refused({{"deviceContent", {{"properties.desired.a", {nullptr}}}}}), bad);
  EXPECT_EQ(refused({{"modulesContent", {{"m", good}}}}), bad) << "no $edgeAgent";
  EXPECT_EQ(refused({{"modulesContent", {{"$edgeAgent", {{"tags.x", 1}}}}}}), bad);
  EXPECT_EQ(refused({{"modulesContent", {{"$edgeAgent", good}}}}), "200 ");
  EXPECT_EQ(code(put("d", {{"content", {{"moduleContent", good}}}})), "400 InvalidConfigurationTargetCondition");
  EXPECT_EQ(code(put("d", {{"content", {{"moduleContent", good}}},
                           {"targetCondition", "from  devices.modules\nWhere moduleId = 'm'"}})),
            "200 ");
  EXPECT_EQ(get("d")["systemMetrics"]["queries"]["targetedCount"],
            "select deviceId from devices.modules where moduleId = 'm'");
}

TEST_F(Configurations, SurviveWhatNoClientWouldSend) {
  std::string deep = "properties.desired";
  for (int i = 0; i < 100'000; ++i) deep += ".a";
  EXPECT_EQ(code(put("c", {{"content", {{"deviceContent", {{deep, 1}}}}}})), "400 InvalidConfigurationContent");
  const Json large{{"properties.desired.a", std::string(4097, 'x')}};
  EXPECT_EQ(code(put("c", {{"content", {{"deviceContent", large}}}})), "400 InvalidConfigurationContent");
  EXPECT_EQ(code(put("c", {{"metrics", {{"queries", Json::array({1})}}}})),
            "400 InvalidConfigurationCustomMetricsQuery");
  EXPECT_EQ(code(put("c", {{"metrics", 7}, {"systemMetrics", 7}, {"contentType", 7}, {"etag", 7}})), "200 ");
  EXPECT_EQ(code(put("d", {{"targetCondition", std::string(9000, ' ') + "tags.x = " + std::string(9000, '1')}})),
            "400 InvalidConfigurationTargetCondition");
  for (const Json& odd : {Json(1), Json("x"), Json::array(), Json{{"customMetricQueries", "x"}},
                          Json{{"customMetricQueries", Json::array({1, nullptr})}}}) {
    EXPECT_EQ(hub_.call("POST", "/configurations/testQueries", odd).status, 200) << odd.dump();
  }
}

TEST_F(Configurations, SelectNothingWhereTheirArithmeticHasNoValue) {
  chiller("a");
  put("c", {{"targetCondition", "1 / 0 > 0"}});
  hub_.run_due();
  EXPECT_EQ(says("a"), "");
  EXPECT_EQ(hub_.hub().next_due(), std::nullopt);
  EXPECT_EQ(get("c")["systemMetrics"]["results"].dump(), R"({"targetedCount":0,"appliedCount":0})");
}

TEST_F(Configurations, AreAHundredAtMost) {
  for (int i = 0; i < 100; ++i) ASSERT_EQ(put("c" + std::to_string(i)).status, 200);
  EXPECT_EQ(code(put("one-more")), "413 ConfigurationCountLimitExceeded");
  hub_.call("DELETE", "/configurations/c7");
  EXPECT_EQ(put("one-more").status, 200);
  for (int i = 10; i < 100; ++i) hub_.call("DELETE", "/configurations/c" + std::to_string(i));
  hub_.hub().set_switches({.tier = "F1"});
  EXPECT_EQ(code(put("again")), "413 ConfigurationCountLimitExceeded") << "the free tier has ten";
}

TEST_F(Configurations, NeedTheRegistrysPermissions) {
  const auto status = [&](const std::string& policy, const std::string& method, const std::string& path) {
    const std::string token = hub_.token("localhost", hub_.hub().policy_key(policy), policy);
    return hub_
        .send({method, path + "?api-version=2021-04-12", {{"Authorization", token}}, method == "GET" ? "" : "{}"})
        .status;
  };
  EXPECT_EQ(status("registryRead", "GET", "/configurations"), 200);
  EXPECT_EQ(status("registryRead", "POST", "/configurations/testQueries"), 200);
  EXPECT_EQ(status("registryRead", "PUT", "/configurations/c"), 401);
  EXPECT_EQ(status("registryRead", "DELETE", "/configurations/c"), 401);
  EXPECT_EQ(status("registryRead", "POST", "/devices/d/applyConfigurationContent"), 401);
  EXPECT_EQ(status("registryReadWrite", "DELETE", "/configurations/c"), 404);
  EXPECT_EQ(status("service", "GET", "/configurations"), 401);
}

TEST_F(Configurations, AreTestedBeforeTheyAreMade) {
  const auto test = [&](const Json& json) { return hub_.json("POST", "/configurations/testQueries", json); };
  EXPECT_EQ(test({{"targetCondition", "tags.x = '1'"}, {"customMetricQueries", nullptr}}).dump(),
            R"({"targetConditionError":null,"customMetricQueryErrors":{}})");
  EXPECT_TRUE(test({{"targetCondition", "*"}})["targetConditionError"].is_string());
  const Json wrong = test({{"targetCondition", "tags.x ="},
                           {"customMetricQueries", {{"good", "SELECT deviceId FROM devices"}, {"bad", "SELECT"}}}});
  EXPECT_THAT(wrong["targetConditionError"].get<std::string>(), HasSubstr("Line 1:"));
  EXPECT_EQ(wrong["customMetricQueryErrors"].size(), 1U);
  EXPECT_THAT(wrong["customMetricQueryErrors"]["bad"].get<std::string>(), HasSubstr("Line 1:"));
}

TEST_F(Configurations, AreAppliedByHandToEdgeDevicesOnly) {
  hub_.create_device("leaf");
  const Json content{{"modulesContent", {{"$edgeAgent", {{"properties.desired", {{"a", 1}}}}}}}};
  const HttpResponse refused = hub_.call("POST", "/devices/leaf/applyConfigurationContent", content);
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("Not an Azure IoT Edge device"));
  EXPECT_EQ(code(hub_.call("POST", "/devices/nobody/applyConfigurationContent", content)), "404 DeviceNotFound");

  hub_.call("PUT", "/devices/edge", {{"deviceId", "edge"}, {"capabilities", {{"iotEdge", true}}}});
  EXPECT_EQ(hub_.call("POST", "/devices/edge/applyConfigurationContent", content).status, 204);
  const Json agent = hub_.json("GET", "/twins/edge/modules/$edgeAgent");
  EXPECT_EQ(agent["properties"]["desired"]["a"], 1);
  EXPECT_FALSE(agent.contains("configurations"));
  EXPECT_EQ(code(hub_.call("POST", "/devices/edge/applyConfigurationContent",
                           {{"deviceContent", {{"properties.desired", {{"a", 1}}}}}})),
            "400 InvalidConfigurationContent");
}

TEST_F(Configurations, WriteTheirContentToWhatTheyTarget) {
  chiller("a");
  hub_.create_device("oven", {{"devicetype", "oven"}});
  hub_.call("PATCH", "/twins/a", {{"properties", {{"desired", {{"firmware", {{"kept", true}}}, {"by", "hand"}}}}}});
  put("c");
  EXPECT_EQ(says("a"), "");
  hub_.run_due();

  EXPECT_EQ(says("a"), R"({"c":{"status":"Applied"}})");
  EXPECT_EQ(says("oven"), "");
  const Json a = desired("a");
  EXPECT_EQ(a["firmware"].dump(), R"({"kept":true,"fwVersion":"c"})");
  EXPECT_EQ(a["$version"], 3);
  EXPECT_EQ(a["$metadata"]["firmware"]["fwVersion"]["$lastUpdatedBy"], "c");
  EXPECT_EQ(a["$metadata"]["firmware"]["fwVersion"]["$lastUpdatedByDigest"].get<std::string>().size(), 64U);
  EXPECT_EQ(a["$metadata"]["$lastUpdatedBy"], "c");
  EXPECT_FALSE(a["$metadata"]["firmware"]["kept"].contains("$lastUpdatedBy"));
  EXPECT_FALSE(a["$metadata"]["by"].contains("$lastUpdatedBy"));

  hub_.call("PATCH", "/twins/a", {{"properties", {{"desired", {{"firmware", {{"fwVersion", "mine"}}}}}}}});
  EXPECT_FALSE(desired("a")["$metadata"]["firmware"].contains("$lastUpdatedBy")) << "a hand has written it since";
  EXPECT_FALSE(desired("a")["$metadata"]["firmware"].contains("$lastUpdatedByDigest"));
}

TEST_F(Configurations, ForModulesReachModulesAlone) {
  chiller("a");
  for (const char* module : {"sensor", "fan"}) {
    hub_.call("PUT", std::string("/devices/a/modules/") + module, {{"deviceId", "a"}, {"moduleId", module}});
  }
  put("m", {{"content", {{"moduleContent", {{"properties.desired.rate", 5}}}}},
            {"targetCondition", "FROM devices.modules WHERE moduleId = 'sensor'"}});
  put("d");
  hub_.run_due();

  const Json sensor = hub_.json("GET", "/twins/a/modules/sensor");
  EXPECT_EQ(sensor["configurations"].dump(), R"({"m":{"status":"Applied"}})");
  EXPECT_EQ(sensor["properties"]["desired"]["rate"], 5);
  EXPECT_EQ(sensor["properties"]["desired"]["$metadata"]["rate"]["$lastUpdatedBy"], "m");
  EXPECT_FALSE(hub_.json("GET", "/twins/a/modules/fan").contains("configurations"));
  EXPECT_EQ(says("a"), R"({"d":{"status":"Applied"}})");
  EXPECT_FALSE(desired("a").contains("rate"));
  EXPECT_EQ(get("m")["systemMetrics"]["results"].dump(), R"({"targetedCount":1,"appliedCount":1})");

  hub_.call("PUT", "/devices/a/modules/pump", {{"deviceId", "a"}, {"moduleId", "pump"}});
  put("m",
      {{"content", {{"moduleContent", {{"properties.desired.rate", 5}}}}},
       {"targetCondition", "FROM devices.modules WHERE tags.on = true"}},
      "\"*\"");
  hub_.run_due();
  hub_.call("PATCH", "/twins/a/modules/pump", {{"tags", {{"on", true}}}});
  hub_.run_due();
  EXPECT_EQ(hub_.json("GET", "/twins/a/modules/pump")["properties"]["desired"]["rate"], 5);
  EXPECT_FALSE(hub_.json("GET", "/twins/a/modules/sensor").contains("configurations"));
}

TEST_F(Configurations, ForEdgeDevicesAreDeployedToTheirModules) {
  const auto edge = [&](const std::string& id) {
    hub_.call("PUT", "/devices/" + id, {{"deviceId", id}, {"capabilities", {{"iotEdge", true}}}});
  };
  const auto module = [&](const std::string& name) { return hub_.json("GET", "/twins/edge/modules/" + name); };
  edge("edge");
  edge("other");
  chiller("leaf");
  put("e", {{"content",
             {{"modulesContent",
               {{"$edgeAgent", {{"properties.desired.v", 1}}},
                {"$edgeHub", {{"properties.desired.route", "r"}}},
                {"missing", {{"properties.desired.x", 1}}}}}}}});
  put("d", {{"targetCondition", "*"}});
  hub_.run_due();
  EXPECT_EQ(get("e")["systemMetrics"]["results"]["targetedCount"], 0) << "the leaf is no edge device";

  hub_.call("PATCH", "/twins/edge", {{"tags", {{"devicetype", "chiller"}}}});
  hub_.run_due();
  EXPECT_EQ(module("$edgeAgent")["configurations"].dump(), R"({"e":{"status":"Applied"}})");
  EXPECT_EQ(module("$edgeAgent")["properties"]["desired"]["v"], 1);
  EXPECT_EQ(module("$edgeHub")["properties"]["desired"]["$metadata"]["route"]["$lastUpdatedBy"], "e");
  EXPECT_EQ(says("edge"), R"({"d":{"status":"Applied"}})") << "a configuration for devices is another matter";
  EXPECT_EQ(says("leaf"), R"({"d":{"status":"Applied"}})");
  EXPECT_FALSE(hub_.json("GET", "/twins/other/modules/$edgeAgent").contains("configurations"));
  hub_.clock.advance(std::chrono::seconds{5});
  EXPECT_EQ(get("e")["systemMetrics"]["results"].dump(),
            R"({"targetedCount":1,"appliedCount":1,"reportedSuccessfulCount":0,"reportedFailedCount":0})");
  EXPECT_EQ(get("e")["systemMetrics"]["queries"]["appliedCount"],
            "select deviceId from devices.modules where moduleId = '$edgeAgent' and "
            "configurations.[[e]].status = 'Applied'");

  hub_.call("DELETE", "/configurations/e");
  hub_.run_due();
  EXPECT_FALSE(module("$edgeAgent").contains("configurations"));
  EXPECT_EQ(module("$edgeAgent")["properties"]["desired"]["v"], 1);
}

TEST_F(Configurations, TakeWholeSectionsAndPathsTogether) {
  chiller("a");
  put("c", {{"content",
             {{"deviceContent", {{"properties.desired.a.b", 1}, {"properties.desired", {{"a", {{"c", {1, 2}}}}}}}}}}});
  hub_.run_due();
  EXPECT_EQ(desired("a")["a"].dump(), R"({"b":1,"c":[1,2]})");
}

TEST_F(Configurations, NotifyTheDevice) {
  chiller("a");
  hub_.connect("a");
  put("c");
  hub_.run_due();

  const std::vector<Effect> effects = hub_.hub().take_effects();
  ASSERT_EQ(effects.size(), 1U);
  EXPECT_EQ(effects[0].topic, "$iothub/twin/PATCH/properties/desired/?$version=2");
  EXPECT_EQ(effects[0].payload, R"({"firmware":{"fwVersion":"c"},"$version":2})");
}

TEST_F(Configurations, AreWrittenOnceAndLeaveLaterChangesAlone) {
  chiller("a");
  put("c");
  hub_.run_due();
  hub_.call("PATCH", "/twins/a", {{"properties", {{"desired", {{"firmware", {{"fwVersion", "mine"}}}}}}}});
  put("c", {{"priority", 12}}, "\"*\"");
  hub_.call("PATCH", "/twins/a", {{"tags", {{"x", 1}}}});
  hub_.run_due();

  EXPECT_EQ(desired("a")["firmware"]["fwVersion"], "mine");
  EXPECT_EQ(desired("a")["$version"], 3);
}

TEST_F(Configurations, OfTheHighestPriorityWin) {
  chiller("a");
  put("low", {{"priority", 1}});
  hub_.run_due();
  put("high", {{"priority", 2}});
  hub_.run_due();
  EXPECT_EQ(says("a"), R"({"high":{"status":"Applied"},"low":{"status":"Targeted"}})");
  EXPECT_EQ(desired("a")["firmware"]["fwVersion"], "high");

  put("low", {{"priority", 3}}, "\"*\"");
  hub_.run_due();
  EXPECT_EQ(says("a"), R"({"low":{"status":"Applied"},"high":{"status":"Targeted"}})");
  EXPECT_EQ(desired("a")["firmware"]["fwVersion"], "low");
}

TEST_F(Configurations, OfTheSamePriorityTheNewestWins) {
  chiller("a");
  put("older");
  put("newer");
  hub_.run_due();
  EXPECT_EQ(says("a"), R"({"newer":{"status":"Applied"},"older":{"status":"Targeted"}})");
}

TEST_F(Configurations, HandOverWhenTheyAreRemovedAndLeaveWhatTheyWrote) {
  chiller("a");
  put("first", {{"priority", 1}});
  put("second", {{"priority", 2}, {"content", {{"deviceContent", {{"properties.desired.firmware", {{"extra", 1}}}}}}}});
  hub_.run_due();
  EXPECT_EQ(desired("a")["firmware"].dump(), R"({"extra":1})");

  hub_.call("DELETE", "/configurations/second");
  hub_.run_due();
  EXPECT_EQ(says("a"), R"({"first":{"status":"Applied"}})");
  EXPECT_EQ(desired("a")["firmware"].dump(), R"({"extra":1,"fwVersion":"first"})");

  hub_.call("DELETE", "/configurations/first");
  hub_.run_due();
  EXPECT_EQ(says("a"), "");
  EXPECT_EQ(desired("a")["firmware"].dump(), R"({"extra":1,"fwVersion":"first"})");
}

TEST_F(Configurations, OfARemovedNameAreNewOnes) {
  chiller("a");
  put("c");
  hub_.run_due();
  hub_.call("DELETE", "/configurations/c");
  put("c", {{"content", {{"deviceContent", {{"properties.desired.firmware", {{"fwVersion", "anew"}}}}}}}});
  hub_.run_due();

  EXPECT_EQ(desired("a")["firmware"]["fwVersion"], "anew");
}

TEST_F(Configurations, FollowTheTwins) {
  put("c", {{"targetCondition", "tags.devicetype = 'chiller' AND properties.reported.ready = true"}});
  hub_.run_due();
  chiller("a");
  hub_.run_due();
  EXPECT_EQ(says("a"), "");

  hub_.report(hub_.connect("a"), {{"ready", true}});
  hub_.run_due();
  EXPECT_EQ(says("a"), R"({"c":{"status":"Applied"}})");

  hub_.call("PATCH", "/twins/a", {{"tags", {{"devicetype", "oven"}}}});
  hub_.run_due();
  EXPECT_EQ(says("a"), "");
  EXPECT_EQ(desired("a")["firmware"]["fwVersion"], "c");
}

TEST_F(Configurations, ReachNewDevicesAndReplacedTwins) {
  put("all", {{"targetCondition", "*"}});
  hub_.run_due();
  hub_.create_device("a");
  hub_.call("POST", "/devices", Json::array({{{"id", "b"}, {"importMode", "create"}}}));
  hub_.run_due();
  EXPECT_EQ(says("a"), R"({"all":{"status":"Applied"}})");
  EXPECT_EQ(says("b"), R"({"all":{"status":"Applied"}})");

  put("all", {{"targetCondition", "NOT IS_DEFINED(tags.skip)"}}, "\"*\"");
  hub_.call("PUT", "/twins/a", {{"tags", {{"skip", true}}}});
  hub_.run_due();
  EXPECT_EQ(says("a"), "");
}

TEST_F(Configurations, WithoutAConditionTargetNothing) {
  chiller("a");
  put("c", {{"targetCondition", ""}});
  hub_.run_due();
  EXPECT_EQ(says("a"), "");
  EXPECT_EQ(get("c")["systemMetrics"]["results"].dump(), R"({"targetedCount":0,"appliedCount":0})");
}

TEST_F(Configurations, LookAtChangedTwinsAlone) {
  for (int i = 0; i < 250; ++i) chiller("d" + std::to_string(i));
  put("c");
  int slices = 0;
  for (; hub_.hub().next_due() == hub_.clock.now(); ++slices) hub_.hub().run_due();
  EXPECT_EQ(slices, 3) << "a hundred twins each";

  hub_.call("PATCH", "/twins/d7", {{"tags", {{"devicetype", nullptr}}}});
  hub_.hub().run_due();
  EXPECT_EQ(hub_.hub().next_due(), std::nullopt);
  EXPECT_EQ(says("d7"), "");
  EXPECT_NE(says("d8"), "");
}

TEST_F(Configurations, LeaveTheHubIdleWhileThereAreNone) {
  chiller("a");
  hub_.call("PATCH", "/twins/a", {{"tags", {{"x", 1}}}});
  EXPECT_EQ(hub_.hub().next_due(), std::nullopt);

  put("c");
  hub_.call("DELETE", "/configurations/c");
  hub_.run_due();
  hub_.call("PATCH", "/twins/a", {{"tags", {{"x", 2}}}});
  EXPECT_EQ(hub_.hub().next_due(), std::nullopt);
}

TEST_F(Configurations, ThatATwinHasNoRoomForStayTargeted) {
  chiller("full");
  Json large = Json::object();
  for (int i = 0; i < 7; ++i) large["k" + std::to_string(i)] = std::string(4096, 'x');
  hub_.call("PATCH", "/twins/full", {{"properties", {{"desired", large}}}});
  Json more = Json::object();
  for (int i = 0; i < 2; ++i) more["m" + std::to_string(i)] = std::string(4096, 'x');
  put("c", {{"content", {{"deviceContent", {{"properties.desired", more}}}}}});
  hub_.run_due();
  EXPECT_EQ(says("full"), R"({"c":{"status":"Targeted"}})");

  hub_.call("PATCH", "/twins/full",
            {{"tags", {{"x", 1}}}, {"properties", {{"desired", {{"k0", nullptr}, {"k1", nullptr}}}}}});
  hub_.run_due();
  EXPECT_EQ(says("full"), R"({"c":{"status":"Applied"}})");
}

TEST_F(Configurations, AreCounted) {
  chiller("a");
  chiller("b");
  hub_.create_device("oven");
  const Json metrics{{"queries",
                      {{"current",
                        "SELECT deviceId FROM devices WHERE configurations.[[c]].status='Applied' AND "
                        "properties.reported.firmware.fwUpdateStatus='current'"},
                       {"grouped", "SELECT tags.devicetype AS t, COUNT() AS n FROM devices GROUP BY tags.devicetype"},
                       {"one", "SELECT TOP 1 deviceId FROM devices"},
                       {"jobs", "SELECT * FROM devices.jobs"}}}};
  const Json fresh = Json::parse(put("c", {{"metrics", metrics}}).body);
  EXPECT_EQ(fresh["systemMetrics"]["results"], Json::object());
  EXPECT_EQ(fresh["metrics"]["results"], Json::object());
  hub_.run_due();
  EXPECT_EQ(get("c")["systemMetrics"]["results"].dump(), R"({"targetedCount":2,"appliedCount":2})");
  EXPECT_EQ(get("c")["metrics"]["results"].dump(), R"({"current":0,"grouped":2,"one":1,"jobs":0})");

  hub_.report(hub_.connect("a"), {{"firmware", {{"fwUpdateStatus", "current"}}}});
  hub_.run_due();
  EXPECT_EQ(get("c")["metrics"]["results"]["current"], 1);

  put("higher", {{"priority", 99}});
  hub_.run_due();
  EXPECT_EQ(get("c")["systemMetrics"]["results"].dump(), R"({"targetedCount":2,"appliedCount":0})")
      << "counted anew after a pass";
}

TEST_F(Configurations, AreFoundByQueries) {
  chiller("a");
  chiller("b");
  put("c", {{"targetCondition", "deviceId = 'b'"}});
  hub_.run_due();
  const Json rows = hub_.json("POST", "/devices/query",
                              {{"query",
                                "SELECT deviceId, configurations.[[c]].status AS s FROM devices WHERE "
                                "configurations.[[c]].status = 'Applied'"}});
  EXPECT_EQ(rows.dump(), R"([{"deviceId":"b","s":"Applied"}])");
}

class ConfigurationsOnDisk : public testing::Test {
 protected:
  static Json body(const std::string& version, int priority) {
    return {{"id", "c"},
            {"priority", priority},
            {"content", {{"deviceContent", {{"properties.desired.v", version}}}}},
            {"targetCondition", "*"}};
  }
  Json rows(HubFixture& hub, const std::string& condition) {
    return hub.json("POST", "/devices/query", {{"query", "SELECT COUNT() AS n FROM devices WHERE " + condition}});
  }

  const test::TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "hub.db";
};

TEST_F(ConfigurationsOnDisk, GoOnWhereAKilledHubStopped) {
  HubFixture hub({.database = file_.string()});
  for (int i = 0; i < 250; ++i) hub.create_device("d" + std::to_string(i));
  hub.call("PUT", "/configurations/c", body("1", 1));
  hub.hub().run_due();
  EXPECT_EQ(rows(hub, "configurations.[[c]].status = 'Applied'")[0]["n"], 100);

  hub.restart();
  EXPECT_EQ(hub.json("GET", "/configurations/c")["systemMetrics"]["results"], Json::object());
  hub.run_due();
  EXPECT_EQ(rows(hub, "configurations.[[c]].status = 'Applied'")[0]["n"], 250);
  EXPECT_EQ(rows(hub, "properties.desired.$version = 2")[0]["n"], 250) << "each twin was written once";
  EXPECT_EQ(hub.json("GET", "/configurations/c")["systemMetrics"]["results"]["appliedCount"], 250);

  hub.restart();
  EXPECT_EQ(hub.json("GET", "/configurations/c")["systemMetrics"]["results"]["appliedCount"], 250);
  hub.run_due();
  EXPECT_EQ(rows(hub, "properties.desired.$version = 2")[0]["n"], 250);
}

TEST_F(ConfigurationsOnDisk, AreForgottenThoughTheHubWasKilledMeanwhile) {
  HubFixture hub({.database = file_.string()});
  for (int i = 0; i < 250; ++i) hub.create_device("d" + std::to_string(i));
  hub.call("PUT", "/configurations/c", body("1", 1));
  hub.run_due();
  hub.call("DELETE", "/configurations/c");
  hub.hub().run_due();

  hub.restart();
  hub.run_due();
  EXPECT_EQ(rows(hub, "IS_DEFINED(configurations)")[0]["n"], 0);
  hub.restart();
  EXPECT_EQ(hub.hub().next_due(), std::nullopt);
}

}  // namespace
}  // namespace fwctl::localhub
