#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/localhub/mqtt/session.hpp"
#include "tests/support/hub_fixture.hpp"
#include "tests/support/temporary_folder.hpp"

namespace fwctl::localhub {
namespace {

using test::HubFixture;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using Json = HubFixture::Json;

class Devices : public testing::Test {
 protected:
  Devices() { hub_.create_device("a"); }
  ConnectAnswer connect(const std::string& id, const std::string& user, const std::string& password,
                        bool clean = false) {
    return hub_.hub().connect({id, user, password, clean});
  }
  std::string good_token() { return hub_.token("localhost/devices/a", HubFixture::key, ""); }
  std::vector<Effect> publish(ConnectionId connection, const std::string& topic, const std::string& payload = "") {
    hub_.hub().take_effects();
    hub_.hub().publish(connection, topic, payload, 0);
    return hub_.hub().take_effects();
  }

  HubFixture hub_;
};

TEST_F(Devices, AreLetInByTheirOwnTokenOrAPolicys) {
  const std::string user = "localhost/a/?api-version=2021-04-12&DeviceClientType=x";
  EXPECT_EQ(connect("a", user, good_token()).return_code, 0);
  EXPECT_EQ(connect("a", "localhost:8883/a/api-version=2016-11-14", good_token()).return_code, 0) << "the older form";
  EXPECT_EQ(connect("a", user, hub_.token("localhost", HubFixture::key, "device")).return_code, 0);

  hub_.create_device("b");
  EXPECT_EQ(connect("b", "localhost/b/?x", good_token()).return_code, 5) << "another device's token";
  EXPECT_EQ(connect("a", "localhost/b/?x", good_token()).return_code, 5) << "another device's name";
  EXPECT_EQ(connect("a", "localhost/a/m/?x", good_token()).return_code, 5) << "the name of a module";
  EXPECT_EQ(connect("a", "other/a/?x", good_token()).return_code, 5);
  EXPECT_EQ(connect("a", user, hub_.token("localhost", HubFixture::key, "service")).return_code, 5);
  EXPECT_EQ(
      connect("a", user, hub_.token("localhost/devices/a", HubFixture::key, "", std::chrono::seconds{0})).return_code,
      5)
      << "it ends now";
  EXPECT_EQ(connect("c", "localhost/c/?x", hub_.token("localhost/devices/c", HubFixture::key, "")).return_code, 5);
  EXPECT_EQ(connect("a", "", "").return_code, 5);
  hub_.call(
      "PUT", "/devices/a",
      {{"status", "disabled"},
       {"authentication", {{"symmetricKey", {{"primaryKey", HubFixture::key}, {"secondaryKey", HubFixture::key}}}}}},
      {{"If-Match", "*"}});
  EXPECT_EQ(connect("a", user, good_token()).return_code, 5) << "disabled";
}

TEST_F(Devices, MaySignForAResourceThatEndsWithAnApiVersion) {
  const std::string user = "localhost/a/?x";
  const std::string resource = "localhost/devices/a/api-version=2016-11-14";
  EXPECT_EQ(connect("a", user, hub_.token(resource, HubFixture::key, "")).return_code, 0);
  EXPECT_EQ(connect("a", user, hub_.token(resource, HubFixture::key, "device")).return_code, 0);
  EXPECT_EQ(connect("a", user, hub_.token(resource + "/x", HubFixture::key, "")).return_code, 5);
}

TEST_F(Devices, LeaveTelemetryAndNothingElseAsTheirWill) {
  ConnectRequest request = hub_.login("a");
  request.will_topic = "devices/a/messages/events/";
  EXPECT_EQ(hub_.hub().connect(request).return_code, 0);
  request.will_topic = "devices/b/messages/events/";
  EXPECT_EQ(hub_.hub().connect(request).return_code, 5);
}

TEST_F(Devices, HaveOneConnectionTheNewest) {
  const ConnectionId older = hub_.connect("a");
  hub_.hub().take_effects();
  hub_.connect("a");

  const auto effects = hub_.hub().take_effects();
  ASSERT_EQ(effects.size(), 1U);
  EXPECT_EQ(effects[0].kind, Effect::Kind::close);
  EXPECT_EQ(effects[0].connection, older);
  EXPECT_EQ(hub_.twin("a")["connectionState"], "Connected");
}

TEST_F(Devices, KeepTheirSubscriptionsOverConnections) {
  hub_.hub().disconnect(hub_.connect("a"));
  const auto again = connect("a", "localhost/a/?x", good_token());
  EXPECT_TRUE(again.session_present);
  EXPECT_EQ(publish(again.connection, "$iothub/twin/GET/?$rid=1").size(), 1U);

  const auto clean = connect("a", "localhost/a/?x", good_token(), true);
  EXPECT_FALSE(clean.session_present);
  EXPECT_THAT(publish(clean.connection, "$iothub/twin/GET/?$rid=1"), IsEmpty());
}

TEST_F(Devices, HaveASessionBeforeTheySubscribe) {
  hub_.hub().disconnect(connect("a", "localhost/a/?x", good_token()).connection);
  EXPECT_TRUE(connect("a", "localhost/a/?x", good_token()).session_present);

  hub_.hub().disconnect(connect("a", "localhost/a/?x", good_token(), true).connection);
  EXPECT_FALSE(connect("a", "localhost/a/?x", good_token()).session_present) << "a clean session leaves none";
}

TEST_F(Devices, KeepNothingOfASubscribeThatIsRefused) {
  const auto a = connect("a", "localhost/a/?x", good_token()).connection;
  EXPECT_EQ(hub_.hub().subscribe(a, {{"$iothub/twin/res/#", 0}, {"nonsense", 0}}), std::nullopt);
  EXPECT_THAT(publish(a, "$iothub/twin/GET/?$rid=1"), IsEmpty());
}

TEST(Sessions, OfAHubThatWasKilledAreThoseThatWereNotClean) {
  const test::TemporaryFolder folder;
  HubFixture hub({.database = (folder.path() / "hub.db").string()});
  for (const char* id : {"kept", "clean"}) {
    hub.create_device(id);
    ConnectRequest request = hub.login(id);
    request.clean_session = std::string(id) == "clean";
    hub.hub().subscribe(hub.hub().connect(request).connection, {{"$iothub/twin/res/#", 0}});
  }
  hub.restart();
  EXPECT_TRUE(hub.hub().connect(hub.login("kept")).session_present);
  const ConnectAnswer again = hub.hub().connect(hub.login("clean"));
  EXPECT_FALSE(again.session_present);
  hub.hub().publish(again.connection, "$iothub/twin/GET/?$rid=1", "", 0);
  EXPECT_THAT(hub.hub().take_effects(), IsEmpty());
}

TEST_F(Devices, SubscribeToWhatTheHubKnowsAndNoMore) {
  const auto a = connect("a", "localhost/a/?x", good_token()).connection;
  const auto codes = hub_.hub().subscribe(
      a, {{"$iothub/twin/res/#", 2}, {"devices/a/messages/devicebound/#", 1}, {"$iothub/methods/POST/#", 0}});
  EXPECT_EQ(codes, (std::vector<std::uint8_t>{1, 1, 0}));
  for (const char* filter : {"#", "$iothub/#", "devices/b/messages/devicebound/#", "$iothub/twin/res/+"}) {
    EXPECT_EQ(hub_.hub().subscribe(a, {{filter, 0}}), std::nullopt) << filter;
  }
}

TEST_F(Devices, ReadAndReportTheirTwin) {
  const ConnectionId a = hub_.connect("a");
  const auto got = publish(a, "$iothub/twin/GET/?$rid=x%20Y", " ");
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].topic, "$iothub/twin/res/200/?$rid=x%20Y");
  EXPECT_EQ(got[0].payload, R"({"desired":{"$version":1},"reported":{"$version":1}})");

  EXPECT_EQ(publish(a, "$iothub/twin/GET/?%24rid=3").at(0).topic, "$iothub/twin/res/200/?$rid=3");
  const auto reported = publish(a, "$iothub/twin/PATCH/properties/reported/?$rid=2", R"({"n":1})");
  EXPECT_EQ(reported.at(0).topic, "$iothub/twin/res/204/?$rid=2&$version=2");
  EXPECT_EQ(reported.at(0).payload, "");
  EXPECT_EQ(hub_.twin("a")["properties"]["reported"]["n"], 1);
}

TEST_F(Devices, AreToldWhyAReportIsRefused) {
  const ConnectionId a = hub_.connect("a");
  const std::string topic = "$iothub/twin/PATCH/properties/reported/?$rid=2";
  Json too_large;
  for (char name = 'a'; name < 'k'; ++name) too_large[std::string(1, name)] = std::string(4000, 'x');
  for (const auto& [query, payload, status] :
       std::vector<std::tuple<std::string, std::string, std::string>>{{"", "{", "400"},
                                                                      {"", R"({"a.b":1})", "400"},
                                                                      {"", R"({"$version":1})", "400"},
                                                                      {"", "", "400"},
                                                                      {"", too_large.dump(), "400"},
                                                                      {"&$version=9", "{}", "412"},
                                                                      {"&$version=x", "{}", "400"}}) {
    const auto answer = publish(a, topic + query, payload);
    ASSERT_EQ(answer.size(), 1U);
    EXPECT_THAT(answer[0].topic, HasSubstr("/res/" + status + "/?$rid=2"));
    EXPECT_THAT(answer[0].payload,
                StartsWith(fmt::format(R"({{"errorCode":{},"trackingId":")", status == "412" ? 412001 : 400004)));
  }
}

TEST_F(Devices, HearOfDesiredChangesOnceSubscribed) {
  const ConnectionId a = hub_.connect("a");
  hub_.hub().take_effects();
  hub_.call("PATCH", "/twins/a", {{"properties", {{"desired", {{"x", nullptr}, {"y", 1}}}}}});
  const auto effects = hub_.hub().take_effects();
  ASSERT_EQ(effects.size(), 1U);
  EXPECT_EQ(effects[0].connection, a);
  EXPECT_EQ(effects[0].topic, "$iothub/twin/PATCH/properties/desired/?$version=2");
  EXPECT_EQ(effects[0].payload, R"({"x":null,"y":1,"$version":2})");

  hub_.call("PATCH", "/twins/a", {{"tags", {{"t", 1}}}});
  EXPECT_THAT(hub_.hub().take_effects(), IsEmpty()) << "tags are not the device's business";
}

TEST_F(Devices, AreClosedForUnknownTopicsAndQosTwo) {
  const ConnectionId a = hub_.connect("a");
  EXPECT_TRUE(hub_.hub().publish(a, "devices/a/messages/events/", "x", 1));
  EXPECT_FALSE(hub_.hub().publish(a, "devices/b/messages/events/", "x", 1));
  EXPECT_FALSE(hub_.hub().publish(a, "$iothub/nonsense", "x", 0));
  EXPECT_FALSE(hub_.hub().publish(a, "$iothub/twin/GET/x?$rid=1", "", 0));
  EXPECT_FALSE(hub_.hub().publish(a, "devices/a/messages/events/", "x", 2));
}

TEST_F(Devices, AreClosedWhenTheirTokenExpiresOrTheyAreDeleted) {
  const ConnectionId a = hub_.connect("a");
  hub_.hub().take_effects();
  hub_.clock.advance(std::chrono::hours{1});
  hub_.run_due();
  EXPECT_EQ(hub_.hub().take_effects().at(0).connection, a);

  const ConnectionId again = hub_.connect("a");
  hub_.hub().take_effects();
  hub_.call("DELETE", "/devices/a", nullptr, {{"If-Match", "*"}});
  EXPECT_EQ(hub_.hub().take_effects().at(0).connection, again);
}

/// Bytes of a string literal that holds zeros.
template <std::size_t Size>
std::string bytes(const char (&text)[Size]) {
  return std::string(text, Size - 1);
}

class Mqtt : public Devices {
 protected:
  std::string connect_packet() {
    const auto field = [](const std::string& text) {
      return std::string{static_cast<char>(text.size() >> 8U), static_cast<char>(text.size() & 0xFFU)} + text;
    };
    const std::string body =
        field("MQTT") + bytes("\x04\xC0\x00\x0A") + field("a") + field("localhost/a/?x") + field(good_token());
    return std::string{'\x10', static_cast<char>((body.size() & 0x7FU) | 0x80U), static_cast<char>(body.size() >> 7U)} +
           body;
  }
  mqtt::Session session_{hub_.hub(), hub_.clock};
};

TEST_F(Mqtt, AreSpokenInPiecesOfAnySize) {
  const std::string wire =
      connect_packet() + bytes("\x82\x17\x00\x01\x00\x12$iothub/twin/res/#\x00") + bytes("\xC0\x00");
  std::string answers;
  for (const char c : wire) answers += session_.receive(std::string(1, c));

  EXPECT_EQ(answers, bytes("\x20\x02\x00\x00") + bytes("\x90\x03\x00\x01\x00") + bytes("\xD0\x00"));
  EXPECT_FALSE(session_.closed());
}

TEST_F(Mqtt, AnswerPublishedTwinRequestsAndAcknowledgeQosOne) {
  session_.receive(connect_packet());
  const std::string answer =
      session_.receive(bytes("\x32\x1E\x00\x1A"
                             "devices/a/messages/events/"
                             "\x00\x07"));

  EXPECT_EQ(answer, bytes("\x40\x02\x00\x07"));
}

TEST_F(Mqtt, EndWithWhoeverDoesNotSpeakIt) {
  for (const std::string& first :
       {bytes("GET / HTTP/1.1\r\n\r\n"), bytes("\xC0\x00"), bytes("\x10\xFF\xFF\xFF\xFF\x7F"),
        bytes("\x10\xFF\xFF\xFF\x7F"), bytes("\x10\x02\x00\x09"), bytes("\x82\x02\x00\x01"), bytes("\xF0\x00"),
        bytes("\x30\x02\x00\x00")}) {
    mqtt::Session session(hub_.hub(), hub_.clock);
    session.receive(first);
    EXPECT_TRUE(session.closed()) << testing::PrintToString(first);
  }
}

/// A packet of less than 128 bytes.
std::string packet(unsigned char first, const std::string& body) {
  return std::string{static_cast<char>(first), static_cast<char>(body.size())} + body;
}

TEST_F(Mqtt, EndWithAConnectThatTheStandardForbids) {
  const std::string head = bytes("\x00\x04MQTT\x04");
  const std::string a = bytes(
      "\x00\x0A\x00\x01"
      "a");
  const std::string field = bytes("\x00\x01x");
  for (const auto& [why, body] : std::map<std::string, std::string>{
           {"a reserved flag", head + "\xC1" + a + field + field},
           {"a password without a user name", head + "\x40" + a + field},
           {"QoS of no will", head + "\xC8" + a + field + field},
           {"retain of no will", head + "\xE0" + a + field + field},
           {"a will of QoS 3", head + "\xDC" + a + field + field + field + field},
           {"bytes behind the password", head + "\xC0" + a + field + field + "x"},
           {"a client id that is not UTF-8", head + "\xC0" + bytes("\x00\x0A\x00\x01\xFF") + field + field},
           {"U+0000", head + "\xC0" + bytes("\x00\x0A\x00\x01\x00") + field + field}}) {
    mqtt::Session session(hub_.hub(), hub_.clock);
    EXPECT_EQ(session.receive(packet(0x10, body)), "") << why;
    EXPECT_TRUE(session.closed()) << why;
  }
}

TEST_F(Mqtt, EndWithAPacketThatTheStandardForbids) {
  const std::string events = bytes("\x00\x1A") + "devices/a/messages/events/";
  const std::string filter = bytes("\x00\x12$iothub/twin/res/#");
  for (const auto& [why, wrong] : std::map<std::string, std::string>{
           {"PUBACK of no packet id", packet(0x40, "")},
           {"PUBACK of packet id 0", packet(0x40, bytes("\x00\x00"))},
           {"PUBACK that goes on", packet(0x40, bytes("\x00\x01x"))},
           {"PINGREQ with a body", packet(0xC0, "x")},
           {"PUBLISH of QoS 0 sent again", packet(0x38, events)},
           {"PUBLISH of packet id 0", packet(0x32, events + bytes("\x00\x00"))},
           {"a topic that is not UTF-8", packet(0x30, bytes("\x00\x1B") + "devices/a/messages/events/\xFF")},
           {"SUBSCRIBE of packet id 0", packet(0x82, bytes("\x00\x00") + filter + bytes("\x00"))},
           {"a filter that is not UTF-8", packet(0x82, bytes("\x00\x01\x00\x01\xFF\x00"))}}) {
    mqtt::Session session(hub_.hub(), hub_.clock);
    session.receive(connect_packet());
    EXPECT_EQ(session.receive(wrong), "") << why;
    EXPECT_TRUE(session.closed()) << why;
  }
}

TEST_F(Mqtt, RefuseASecondConnect) {
  session_.receive(connect_packet());
  session_.receive(connect_packet());

  EXPECT_TRUE(session_.closed());
}

TEST_F(Mqtt, ExpectASignOfLifeInOneAndAHalfKeepAlives) {
  EXPECT_EQ(session_.deadline(), hub_.clock.uptime() + std::chrono::seconds{30});
  session_.receive(connect_packet());
  EXPECT_EQ(session_.deadline(), hub_.clock.uptime() + std::chrono::seconds{15});
}

TEST_F(Mqtt, AreAcknowledgedLateByAFault) {
  session_.receive(connect_packet());
  hub_.hub().set_switches({.suback_delay_ms = 300});
  EXPECT_EQ(session_.receive(bytes("\x82\x17\x00\x01\x00\x12$iothub/twin/res/#\x00")), "");
  hub_.run_due();
  EXPECT_THAT(hub_.hub().take_effects(), IsEmpty());
  hub_.clock.advance(std::chrono::milliseconds{300});
  hub_.run_due();
  const auto effects = hub_.hub().take_effects();
  ASSERT_EQ(effects.size(), 1U);
  EXPECT_EQ(session_.carry_out(effects[0]), bytes("\x90\x03\x00\x01\x00"));
  EXPECT_EQ(hub_.hub().counters().at("fault.subackDelayMs"), 1U);
}

TEST_F(Mqtt, DieSilentlyByAFault) {
  session_.receive(connect_packet());
  hub_.hub().set_switches({.silent_death = 1, .fault_limit = 1});
  EXPECT_EQ(session_.receive(bytes("\xC0\x00")), "");
  EXPECT_EQ(session_.receive(bytes("\xC0\x00")), "") << "it stays dead";
  EXPECT_EQ(session_.carry_out({Effect::Kind::publish, session_.connection(), "t", ""}), "");
  EXPECT_FALSE(session_.closed());
  EXPECT_EQ(hub_.hub().counters().at("fault.silentDeath"), 1U);
}

}  // namespace
}  // namespace fwctl::localhub
