#include "fwctl/localhub/switches.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fwctl/base/error.hpp"
#include "fwctl/localhub/control.hpp"
#include "tests/support/hub_fixture.hpp"

namespace fwctl::localhub {
namespace {

using std::chrono::seconds;
using test::HubFixture;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Json = HubFixture::Json;

std::string code(const HttpResponse& response) {
  return std::to_string(response.status) + " " + std::string(header(response.headers, "iothub-errorcode"));
}

TEST(Switches, AreReadFromJsonAndWrittenBack) {
  const Switches read = read_switches(R"({"tier":"S2","units":3,"error503":0.25,"retryAfter":true})", {});
  EXPECT_EQ(read.tier, "S2");
  EXPECT_EQ(read.units, 3);
  EXPECT_EQ(read.error_503, 0.25);
  EXPECT_TRUE(read.retry_after);
  EXPECT_EQ(to_json(read_switches(to_json(read), {})), to_json(read));
  EXPECT_EQ(read_switches(R"({"units":5})", read).tier, "S2") << "what is not named stays";
}

TEST(Switches, AreRefusedByName) {
  const auto why = [](const char* json) {
    try {
      read_switches(json, {});
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(why(R"({"error503":1.5})"), HasSubstr("'error503' must be from 0 to 1"));
  EXPECT_THAT(why(R"({"units":0})"), HasSubstr("'units' must be from 1 to 200"));
  EXPECT_THAT(why(R"({"units":18446744073709551615})"), HasSubstr("'units'"));
  EXPECT_THAT(why(R"({"tier":"S9"})"), HasSubstr("F1, S1, S2 or S3"));
  EXPECT_THAT(why(R"({"retryAfter":1})"), HasSubstr("wrong type"));
  EXPECT_THAT(why(R"({"colour":1})"), HasSubstr("'colour'"));
  EXPECT_THAT(why("[]"), HasSubstr("no JSON object"));
}

/// The share of a hundred requests that came to something.
template <typename Count>
int of_a_hundred(const Switches& switches, Count&& count) {
  HubFixture hub({.switches = switches});
  int found = 0;
  for (int i = 0; i < 100; ++i) found += count(hub) ? 1 : 0;
  return found;
}

TEST(Doubts, AreSettledByASwitch) {
  HubFixture hub;
  hub.create_device("d");
  hub.create_module("d", "m");
  const auto query = [&](const std::string& text) {
    return code(hub.call("POST", "/devices/query", {{"query", text}}));
  };
  const Json large{
      {"tags", {{"a", std::string(4000, 'x')}, {"b", std::string(4000, 'x')}, {"c", std::string(400, 'x')}}}};
  EXPECT_EQ(code(hub.call("DELETE", "/devices/d/modules/m")), "412 PreconditionFailed");
  EXPECT_EQ(code(hub.call("GET", "/jobs/v2/none")), "200 ");
  EXPECT_EQ(query("SELECT * FROM devices WHERE CONTAINS(deviceId, 'd') AND IS_NUMBER(version)"), "200 ");
  const std::string by_time =
      "SELECT * FROM devices WHERE properties.desired.$metadata.$lastUpdated >= '2020-01-01T00:00:00Z'";
  EXPECT_EQ(query(by_time), "200 ");
  EXPECT_EQ(code(hub.call("PATCH", "/twins/d", large)), "413 GenericRequestEntityTooLarge");
  EXPECT_FALSE(hub.twin("d").contains("tags"));

  hub.hub().set_switches({.strict_functions = true,
                          .strict_metadata = true,
                          .delete_without_etag = true,
                          .unknown_job_404 = true,
                          .oversize_400 = true,
                          .empty_tags = true});

  EXPECT_EQ(code(hub.call("DELETE", "/devices/d/modules/m")), "204 ");
  EXPECT_EQ(code(hub.call("GET", "/jobs/v2/none")), "404 JobNotFound");
  EXPECT_EQ(query("SELECT * FROM devices WHERE CONTAINS(deviceId, 'd')"), "400 ArgumentInvalid");
  EXPECT_EQ(query("SELECT * FROM devices WHERE IS_NUMBER(version)"), "400 ArgumentInvalid");
  EXPECT_EQ(query("SELECT * FROM devices WHERE is_defined(tags.a) AND startswith(deviceId, 'd')"), "200 ");
  EXPECT_EQ(query(by_time), "400 ArgumentInvalid");
  EXPECT_EQ(query("SELECT * FROM devices WHERE IS_DEFINED(properties.desired.$metadata)"), "200 ");
  EXPECT_EQ(code(hub.call("PATCH", "/twins/d", large)), "400 ArgumentInvalid");
  EXPECT_EQ(code(hub.call("DELETE", "/devices/d")), "204 ");
  hub.create_device("e");
  EXPECT_EQ(hub.twin("e")["tags"], Json::object());
}

TEST(Doubts, AreSettledForJobsToo) {
  HubFixture hub({.switches = {.strict_functions = true}});
  hub.call("PUT", "/jobs/v2/j",
           {{"type", "scheduleUpdateTwin"},
            {"queryCondition", "IS_STRING(deviceId)"},
            {"updateTwin", {{"etag", "*"}, {"tags", {{"x", 1}}}}}});
  hub.run_due();
  EXPECT_THAT(hub.json("GET", "/jobs/v2/j")["failureReason"].get<std::string>(), HasSubstr("Line 1:29 'IS_STRING'"));
}

TEST(Pages, AreAsLargeAsTheSwitchSays) {
  HubFixture hub({.switches = {.page_limit = 3}});
  for (const char* id : {"a", "b", "c", "d"}) hub.create_device(id);
  const auto rows = [&](Headers headers) {
    return hub.json("POST", "/devices/query", {{"query", "SELECT * FROM devices"}}, std::move(headers)).size();
  };
  EXPECT_EQ(rows({}), 3U);
  EXPECT_EQ(rows({{"x-ms-max-item-count", "1000"}}), 3U);
  EXPECT_EQ(rows({{"x-ms-max-item-count", "2"}}), 2U);
}

TEST(TokenGrace, IsWhatTheSwitchSays) {
  HubFixture hub({.switches = {.token_grace_s = 0}});
  const auto status = [&](std::chrono::seconds life) {
    const std::string token = hub.token("localhost", HubFixture::key, "service", life);
    return hub.send({"GET", "/jobs/v2/query?api-version=2021-04-12", {{"Authorization", token}}, ""}).status;
  };
  EXPECT_EQ(status(std::chrono::seconds{1}), 200);
  EXPECT_EQ(status(std::chrono::seconds{0}), 401);
}

TEST(BearerTokens, AreLetInOnRequest) {
  HubFixture hub;
  const auto status = [&](const std::string& authorization) {
    return hub.send({"GET", "/devices?api-version=2021-04-12", {{"Authorization", authorization}}, ""}).status;
  };
  const std::string good = "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiLDvD8_In0.c2ln-_8";
  EXPECT_EQ(status(good), 401);
  hub.hub().set_switches({.accept_bearer = true});
  EXPECT_EQ(status(good), 200);
  for (const char* bad : {"Bearer", "Bearer ", "Bearer x", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiLDvD8_In0",
                          "Bearer a.b.c", "Bearer WzFd.WzFd.x", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiLDvD8_In0.?",
                          "bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiLDvD8_In0.c2ln"}) {
    EXPECT_EQ(status(bad), 401) << bad;
  }
  EXPECT_EQ(status(hub.token("localhost", HubFixture::key, "registryRead")), 200) << "tokens of policies go on";
}

TEST(Faults, HappenAsOftenAsAskedAndAreCounted) {
  HubFixture hub({.switches = {.error_503 = 0.3}});
  int failed = 0;
  for (int i = 0; i < 200; ++i) failed += code(hub.call("GET", "/devices")) == "503 ServiceUnavailable" ? 1 : 0;
  EXPECT_GT(failed, 30);
  EXPECT_LT(failed, 90);
  EXPECT_EQ(hub.hub().counters().at("fault.error503"), static_cast<std::uint64_t>(failed));
  EXPECT_EQ(hub.hub().counters().at("requests"), 200U);
}

TEST(Faults, AreTheSameUnderTheSameSeed) {
  const auto series = [](std::int64_t seed, double other) {
    HubFixture hub({.switches = {.error_500 = 0.5, .slow_body = other, .seed = seed}});
    std::string text;
    for (int i = 0; i < 64; ++i) text += hub.call("GET", "/devices").status == 500 ? '5' : '2';
    return text;
  };
  EXPECT_EQ(series(1, 0), series(1, 0));
  EXPECT_EQ(series(1, 0), series(1, 0.5)) << "another fault does not move this one";
  EXPECT_NE(series(1, 0), series(2, 0));
}

TEST(Faults, StopAtTheirLimit) {
  EXPECT_EQ(of_a_hundred({.error_504 = 1, .fault_limit = 3},
                         [](HubFixture& hub) { return hub.call("GET", "/devices").status == 504; }),
            3);
}

TEST(Faults, SayHowTheAnswerIsToBeDelivered) {
  HubFixture hub({.switches = {.latency_ms = 40, .truncate = 1, .slow_body = 1, .slow_body_rate = 7}});
  hub.call("GET", "/devices");
  EXPECT_EQ(hub.delivery.delay, std::chrono::milliseconds{40});
  EXPECT_EQ(hub.delivery.cut, Delivery::Cut::truncate);
  EXPECT_EQ(hub.delivery.bytes_per_second, 7);
}

/// Whether a request under this fault created the device all the same, and how it was answered.
std::pair<bool, HttpResponse> create_under(const Switches& switches, Delivery::Cut cut) {
  HubFixture hub({.switches = switches});
  const HttpResponse answer = hub.call("PUT", "/devices/d", {{"deviceId", "d"}});
  EXPECT_EQ(hub.delivery.cut, cut);
  hub.hub().set_switches({});
  return {hub.call("GET", "/devices/d").status == 200, answer};
}

TEST(Faults, ComeBeforeOrAfterTheWrite) {
  EXPECT_FALSE(create_under({.drop_before = 1}, Delivery::Cut::drop).first);
  EXPECT_TRUE(create_under({.drop_after = 1}, Delivery::Cut::drop).first);
  EXPECT_FALSE(create_under({.error_500 = 1}, Delivery::Cut::none).first);
  const auto [written, answer] = create_under({.late_error = 1}, Delivery::Cut::none);
  EXPECT_TRUE(written);
  EXPECT_EQ(code(answer), "503 ServiceUnavailable");
}

TEST(Faults, CutDevicesOffOrLoseTheirAnswers) {
  HubFixture hub;
  hub.create_device("d");
  const ConnectionId device = hub.connect("d");
  hub.hub().set_switches({.lost_twin_response = 1});
  hub.report(device, {{"x", 1}});
  EXPECT_TRUE(hub.hub().take_effects().empty());
  EXPECT_EQ(hub.twin("d")["properties"]["reported"]["x"], 1) << "it was written";
  hub.hub().set_switches({.device_disconnect = 1});
  EXPECT_FALSE(hub.hub().publish(device, "devices/d/messages/events/", "", 0));
}

/// A device that is connected and has subscribed, and what the hub sends it.
class DeviceFaults : public testing::Test {
 protected:
  DeviceFaults() {
    hub_.create_device("d");
    device_ = hub_.connect("d");
    hub_.hub().take_effects();
  }
  void switch_on(const Switches& switches) { hub_.hub().set_switches(switches); }
  /// The topics of what is sent by now.
  std::vector<std::string> sent() {
    hub_.run_due();
    std::vector<std::string> topics;
    for (const Effect& effect : hub_.hub().take_effects()) topics.push_back(effect.topic);
    return topics;
  }
  std::vector<std::string> get(int request) {
    hub_.hub().publish(device_, fmt::format("$iothub/twin/GET/?$rid={}", request), "", 0);
    return sent();
  }
  std::vector<std::string> report() {
    hub_.report(device_, {{"x", 1}});
    return sent();
  }
  std::uint64_t count(const std::string& name) { return hub_.hub().counters().at(name); }

  HubFixture hub_;
  ConnectionId device_ = 0;
};

TEST_F(DeviceFaults, AnswerTwiceOrTooLate) {
  switch_on({.duplicate_twin_response = 1, .fault_limit = 1});
  EXPECT_EQ(get(1), (std::vector<std::string>(2, "$iothub/twin/res/200/?$rid=1")));
  switch_on({.late_twin_response = 1, .late_twin_response_ms = 200, .fault_limit = 1});
  EXPECT_THAT(get(2), IsEmpty());
  EXPECT_THAT(get(3), ElementsAre("$iothub/twin/res/200/?$rid=3")) << "it overtakes";
  EXPECT_LE(hub_.hub().next_due(), hub_.clock.now() + std::chrono::milliseconds{200});
  hub_.clock.advance(std::chrono::milliseconds{200});
  EXPECT_THAT(sent(), ElementsAre("$iothub/twin/res/200/?$rid=2"));
  EXPECT_EQ(count("fault.duplicateTwinResponse") + count("fault.lateTwinResponse"), 2U);
}

TEST_F(DeviceFaults, RefuseTwinRequests) {
  switch_on({.twin_error_429 = 1, .fault_limit = 1});
  EXPECT_THAT(get(1), ElementsAre("$iothub/twin/res/429/?$rid=1"));
  switch_on({.twin_error_500 = 1, .fault_limit = 1});
  EXPECT_THAT(report(), ElementsAre("$iothub/twin/res/500/?$rid=1"));
  switch_on({.twin_error_412 = 1, .fault_limit = 1});
  EXPECT_THAT(get(1), ElementsAre("$iothub/twin/res/200/?$rid=1")) << "only a patch has a condition";
  EXPECT_THAT(report(), ElementsAre("$iothub/twin/res/412/?$rid=1"));
  EXPECT_EQ(hub_.twin("d")["properties"]["reported"]["x"], nullptr) << "nothing was done";
  EXPECT_EQ(count("fault.twinError412") + count("fault.twinError429") + count("fault.twinError500"), 3U);
}

TEST_F(DeviceFaults, RefuseConnects) {
  const auto code = [this] { return hub_.hub().connect(hub_.login("d")).return_code; };
  switch_on({.connack_3 = 1, .fault_limit = 1});
  EXPECT_EQ(code(), 3);
  EXPECT_EQ(code(), 0);
  switch_on({.connack_5 = 1, .fault_limit = 1});
  EXPECT_EQ(code(), 5);
  EXPECT_EQ(count("fault.connack3") + count("fault.connack5"), 2U);
  for (const bool answered : {false, true}) {
    switch_on({.tier = "S1", .throttled_connack = answered});
    int last = 0;
    while (last == 0) last = code();
    EXPECT_EQ(last, answered ? 3 : ConnectAnswer::no_answer);
  }
  EXPECT_EQ(count("throttled.DeviceConnections"), 2U);
}

TEST_F(DeviceFaults, PushTheDesiredSectionAtConnect) {
  hub_.call("PATCH", "/twins/d", {{"properties", {{"desired", {{"x", 1}}}}}});
  switch_on({.push_desired = true});
  hub_.hub().take_effects();
  hub_.hub().connect(hub_.login("d"));
  const auto effects = hub_.hub().take_effects();
  ASSERT_EQ(effects.size(), 2U) << "the older connection is closed";
  EXPECT_EQ(effects[1].topic, "$iothub/twin/PATCH/properties/desired/?$version=2");
  EXPECT_EQ(effects[1].payload, R"({"x":1,"$version":2})");
  EXPECT_EQ(count("fault.pushDesired"), 1U);
  hub_.hub().unsubscribe(device_ + 1, {"$iothub/twin/PATCH/properties/desired/#"});
  hub_.hub().connect(hub_.login("d"));
  EXPECT_EQ(hub_.hub().take_effects().size(), 1U);
}

TEST_F(DeviceFaults, AnswerAnUnknownFilter) {
  switch_on({.unknown_filter_suback = true});
  EXPECT_EQ(hub_.hub().subscribe(device_, {{"nonsense", 0}, {"$iothub/twin/res/#", 1}}),
            (std::vector<std::uint8_t>{0x80, 1}));
  EXPECT_EQ(count("fault.unknownFilterSuback"), 1U);
}

TEST_F(DeviceFaults, LetAConnectionOutliveItsToken) {
  switch_on({.expiry_grace_s = 60});
  hub_.clock.advance(std::chrono::hours{1} + seconds{59});
  EXPECT_THAT(sent(), IsEmpty());
  hub_.clock.advance(seconds{1});
  EXPECT_EQ(sent().size(), 1U);
}

TEST(Faults, MakeANewJobUnknownForAWhile) {
  HubFixture hub({.switches = {.unknown_job_s = 3}});
  hub.call(
      "PUT", "/jobs/v2/j",
      {{"type", "scheduleUpdateTwin"}, {"queryCondition", "*"}, {"updateTwin", {{"etag", "*"}, {"tags", {{"x", 1}}}}}});
  EXPECT_EQ(hub.json("GET", "/jobs/v2/j")["status"], "unknown");
  hub.clock.advance(seconds{3});
  EXPECT_EQ(hub.json("GET", "/jobs/v2/j")["status"], "queued");
}

TEST(Faults, SetTheHubsClockWrong) {
  HubFixture hub({.switches = {.clock_offset_s = -3600}});
  const HttpResponse answer = hub.call("GET", "/devices");
  EXPECT_EQ(header(answer.headers, "Date"), "Wed, 31 Dec 2025 23:00:00 GMT");
  hub.hub().set_switches({.clock_offset_s = 2 * 3600});
  EXPECT_EQ(hub.call("GET", "/devices").status, 401) << "a token of an hour has run out on that clock";
}

Json ids(HubFixture& hub) {
  Json found = Json::array();
  for (const Json& row : hub.json("POST", "/devices/query", {{"query", "SELECT deviceId, tags.v FROM devices"}})) {
    found.push_back(row["deviceId"].get<std::string>() + (row.contains("v") ? row["v"].dump() : ""));
  }
  return found;
}

TEST(LaggingIndex, SeesTwinsAsTheyWere) {
  HubFixture hub;
  hub.create_device("old", {{"v", 1}});
  hub.create_device("gone");
  hub.hub().set_switches({.index_delay_s = 10});
  hub.clock.advance(seconds{1});
  hub.call("PATCH", "/twins/old", {{"tags", {{"v", 2}}}});
  hub.create_device("new");
  hub.call("DELETE", "/devices/gone", nullptr, {{"If-Match", "*"}});
  EXPECT_EQ(ids(hub), Json({"old1", "gone"}));
  EXPECT_EQ(hub.twin("old")["tags"]["v"], 2) << "a twin read is never stale";

  hub.clock.advance(seconds{5});
  hub.call("PATCH", "/twins/old", {{"tags", {{"v", 3}}}});
  hub.clock.advance(seconds{5});
  EXPECT_EQ(ids(hub), Json({"old2", "new"}));
  hub.clock.advance(seconds{5});
  EXPECT_EQ(ids(hub), Json({"old3", "new"}));
  EXPECT_GT(hub.hub().counters().at("fault.indexDelayS"), 0U);
}

TEST(LaggingIndex, PagesAndGroupsInThePastToo) {
  HubFixture hub;
  for (int i = 0; i < 5; ++i) hub.create_device("d" + std::to_string(i), {{"v", "a"}});
  hub.hub().set_switches({.index_delay_s = 10});
  for (int i = 0; i < 5; ++i) hub.call("PATCH", "/twins/d" + std::to_string(i), {{"tags", {{"v", "b"}}}});
  const Json query{{"query", "SELECT deviceId FROM devices WHERE tags.v = 'a'"}};
  const HttpResponse first = hub.call("POST", "/devices/query", query, {{"x-ms-max-item-count", "3"}});
  EXPECT_EQ(Json::parse(first.body).size(), 3U);
  EXPECT_EQ(hub.json("POST", "/devices/query", query,
                     {{"x-ms-continuation", std::string(header(first.headers, "x-ms-continuation"))}})
                .size(),
            2U);
  EXPECT_EQ(
      hub.json("POST", "/devices/query", {{"query", "SELECT tags.v AS v, COUNT() AS n FROM devices GROUP BY tags.v"}})
          .dump(),
      R"([{"v":"a","n":5}])");
}

TEST(Throttles, LetABurstPassThenDelayThenRefuse) {
  HubFixture hub({.switches = {.tier = "S1"}});
  const Json query{{"query", "SELECT deviceId FROM devices"}};
  for (int i = 1; i <= 20; ++i) {
    ASSERT_EQ(hub.call("POST", "/devices/query", query).status, 200) << i;
    ASSERT_EQ(hub.delivery.delay, std::chrono::milliseconds{i <= 16 ? 0 : 500 * (i - 16)}) << i;
  }
  const HttpResponse refused = hub.call("POST", "/devices/query", query);
  EXPECT_EQ(code(refused), "429 ThrottlingBacklogTimeout");
  EXPECT_THAT(refused.body, HasSubstr("Operation type: Query"));
  EXPECT_EQ(header(refused.headers, "Connection"), "close");
  EXPECT_EQ(header(refused.headers, "Retry-After"), "");
  EXPECT_EQ(hub.hub().counters().at("throttled.Query"), 1U);
  EXPECT_EQ(hub.call("GET", "/devices").status, 200) << "other operations have limits of their own";

  hub.clock.advance(std::chrono::minutes{2});
  EXPECT_EQ(hub.call("POST", "/devices/query", query).status, 200);
  EXPECT_EQ(hub.delivery.delay.count(), 0);
}

TEST(Throttles, SayRetryAfterOnRequest) {
  HubFixture hub({.switches = {.tier = "F1", .retry_after = true}});
  HttpResponse answer;
  for (int i = 0; i < 22; ++i) answer = hub.call("POST", "/devices/query", {{"query", "SELECT * FROM devices"}});
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(header(answer.headers, "Retry-After"), "10");
}

TEST(Throttles, GrowWithTheUnits) {
  const auto passed = [](const Switches& switches) {
    return of_a_hundred(switches, [](HubFixture& hub) {
      return hub.call("POST", "/devices/query", {{"query", "SELECT * FROM devices"}}).status == 200;
    });
  };
  EXPECT_EQ(passed({.tier = "S1", .units = 2}), 40);
  EXPECT_EQ(passed({.tier = "S3"}), 100);
  EXPECT_EQ(passed({}), 100);
}

TEST(Throttles, CountEveryLineOfABulk) {
  HubFixture hub({.switches = {.tier = "S1"}});
  Json lines = Json::array();
  for (int i = 0; i < 60; ++i) lines.push_back({{"id", "d" + std::to_string(i)}, {"importMode", "createOrUpdate"}});

  EXPECT_EQ(hub.call("POST", "/devices", lines).status, 200);
  EXPECT_EQ(hub.call("POST", "/devices", lines).status, 200) << "there is room for 40";
  EXPECT_EQ(code(hub.call("GET", "/devices")), "429 ThrottlingBacklogTimeout");
  hub.clock.advance(std::chrono::seconds{13});
  EXPECT_EQ(hub.call("GET", "/devices").status, 200) << "the debt of 20 is paid";
}

TEST(Throttles, HoldForDevicesToo) {
  HubFixture hub({.switches = {.tier = "S1"}});
  hub.create_device("d");
  const ConnectionId device = hub.connect("d");
  hub.hub().take_effects();
  for (int i = 0; i < 2000; ++i) hub.report(device, {{"x", i}});
  EXPECT_THAT(hub.hub().take_effects().back().topic, HasSubstr("res/429/"));
}

TEST(JobSlots, AreThoseOfTheTier) {
  HubFixture hub({.switches = {.tier = "S2", .retry_after = true}});
  HttpResponse last;
  const auto put = [&](const std::string& id) {
    last = hub.call("PUT", "/jobs/v2/" + id,
                    {{"type", "scheduleUpdateTwin"},
                     {"queryCondition", "*"},
                     {"startTime", "2026-01-01T01:00:00Z"},
                     {"updateTwin", {{"etag", "*"}, {"tags", {{"x", 1}}}}}});
    return code(last);
  };
  for (const char* id : {"a", "b", "c", "d", "e"}) EXPECT_EQ(put(id), "200 ");
  EXPECT_EQ(put("f"), "429 ThrottlingMaxActiveJobCountExceeded");
  const std::string twice = Json::parse(last.body)["Message"];
  EXPECT_THAT(twice, testing::StartsWith("ErrorCode:ThrottlingMaxActiveJobCountExceeded;Error: 429 {\"Message\":"));
  EXPECT_THAT(Json::parse(twice.substr(twice.find('{')))["Message"].get<std::string>(), HasSubstr("5 of 5 jobs"));
  EXPECT_EQ(header(last.headers, "Retry-After"), "10");
  EXPECT_EQ(put("a"), "409 JobAlreadyExists");
  hub.call("POST", "/jobs/v2/a/cancel");
  EXPECT_EQ(put("f"), "200 ") << "a cancelled job frees its slot";
  hub.hub().set_switches({.strict_job_ids = true});
  EXPECT_EQ(put("Upper"), "400 ArgumentInvalid");
}

TEST(JobPace, IsThatOfTheTier) {
  HubFixture hub;
  for (int i = 0; i < 40; ++i) hub.create_device("d" + std::to_string(i));
  hub.hub().set_switches({.tier = "S1"});
  hub.call(
      "PUT", "/jobs/v2/j",
      {{"type", "scheduleUpdateTwin"}, {"queryCondition", "*"}, {"updateTwin", {{"etag", "*"}, {"tags", {{"x", 1}}}}}});
  for (int tenth = 0; tenth < 20; ++tenth) {
    hub.run_due();
    hub.clock.advance(std::chrono::milliseconds{100});
  }
  const int done = hub.json("GET", "/jobs/v2/j")["deviceJobStatistics"]["succeededCount"];
  EXPECT_GE(done, 18);
  EXPECT_LE(done, 21) << "ten a second";
}

class Control : public testing::Test {
 protected:
  HttpResponse send(const std::string& method, const std::string& path, const std::string& body = "",
                    const std::string& host = "127.0.0.1:9000") {
    return handle_control(hub_.hub(), {method, path, {{"Host", host}}, body});
  }
  HubFixture hub_;
};

TEST_F(Control, ShowsAndChangesTheSwitches) {
  EXPECT_EQ(Json::parse(send("GET", "/switches").body)["error503"], 0.0);
  EXPECT_EQ(send("PATCH", "/switches", R"({"error503":1})").status, 200);
  EXPECT_EQ(hub_.call("GET", "/devices").status, 503);
  EXPECT_EQ(Json::parse(send("PATCH", "/switches", R"({"latencyMs":5})").body)["error503"], 1.0);
  EXPECT_EQ(send("PATCH", "/switches", R"({"error503":2})").status, 400);
  EXPECT_EQ(send("PUT", "/switches", "{}").status, 200);
  EXPECT_EQ(hub_.call("GET", "/devices").status, 200);
  EXPECT_EQ(Json::parse(send("GET", "/counters").body)["fault.error503"], 1);
}

TEST_F(Control, ClosesADevicesConnection) {
  hub_.create_device("a#b");
  EXPECT_EQ(send("DELETE", "/connections/a%23b").status, 404);
  hub_.connect("a#b");
  EXPECT_EQ(send("DELETE", "/connections/a%23b").status, 204);
  EXPECT_EQ(hub_.hub().take_effects().back().kind, Effect::Kind::close);
}

TEST_F(Control, RefusesPagesOfOtherSites) {
  EXPECT_EQ(send("GET", "/switches", "", "evil.example").status, 403);
  EXPECT_EQ(send("GET", "/switches", "", "localhost:1").status, 200);
  EXPECT_EQ(send("GET", "/elsewhere").status, 404);
}

TEST(Telemetry, IsCountedAndSoIsAWill) {
  HubFixture hub;
  hub.create_device("d");
  ConnectRequest request = hub.login("d");
  request.will_topic = "devices/d/messages/events/";
  const ConnectionId device = hub.hub().connect(request).connection;
  EXPECT_TRUE(hub.hub().publish(device, "devices/d/messages/events/%24.ct=x", "{}", 1));
  EXPECT_FALSE(hub.hub().publish(device, "devices/d/messages/events/", std::string(256 * 1024 + 1, 'x'), 1));
  hub.hub().disconnect(device);
  EXPECT_EQ(hub.hub().counters().at("telemetry"), 2U);
  hub.hub().disconnect(hub.hub().connect(request).connection, /*said_so=*/true);
  EXPECT_EQ(hub.hub().counters().at("telemetry"), 2U) << "who says goodbye has no will";
}

}  // namespace
}  // namespace fwctl::localhub
