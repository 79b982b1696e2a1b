#include "fwctl/device/twin_client.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/fake_clock.hpp"
#include "tests/unit/device/fake_link.hpp"

namespace fwctl::device {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using namespace std::chrono_literals;

const std::string notice_topic = "$iothub/twin/PATCH/properties/desired/?$version=";

class TwinClientTest : public testing::Test, public TwinListener {
 protected:
  void on_twin(const json& desired, std::int64_t version) override {
    heard.push_back("twin " + std::to_string(version) + " " + desired.dump());
  }
  void on_desired(const json& desired, const json& written, std::int64_t version) override {
    heard.push_back("desired " + std::to_string(version) + " " + desired.dump() + " " + written.dump());
  }
  void on_report_answered(int status, const std::string&) override { answers.push_back(status); }
  void on_broken(const std::string& reason) override { broken.push_back(reason); }

  void connect() {
    client.connected();
    client.subscribed({0, 0});
  }
  void answer(int status, const std::string& body = {}) { client.message(link.answer_topic(status), body); }
  void online(const std::string& desired = R"({"a":1,"$version":5})") {
    connect();
    answer(200, R"({"desired":)" + desired + R"(,"reported":{"$version":1}})");
  }
  void notify(int version, const std::string& body) { client.message(notice_topic + std::to_string(version), body); }
  void pass(std::chrono::nanoseconds time) {
    clock.advance(time);
    timers.run_due();
  }

  fwctl::test::FakeClock clock;
  Timers timers{clock};
  test::FakeLink link;
  double chance = 0.5;
  TwinClient client{link, timers, [this] { return chance; }, *this};
  std::vector<std::string> heard;
  std::vector<int> answers;
  std::vector<std::string> broken;
};

TEST_F(TwinClientTest, AsksForTheTwinOnlyWhenItIsSubscribed) {
  client.connected();
  EXPECT_THAT(link.subscriptions,
              ElementsAre(ElementsAre("$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#")));
  EXPECT_THAT(link.published, IsEmpty());

  client.subscribed({0, 1});

  ASSERT_EQ(link.published.size(), 1U);
  EXPECT_THAT(link.published[0].first, StartsWith("$iothub/twin/GET/?$rid="));
}

TEST_F(TwinClientTest, HandsOverTheDesiredSectionWithoutItsVersion) {
  online(R"({"firmware":{"fwVersion":"2"},"$version":15})");

  EXPECT_THAT(heard, ElementsAre(R"(twin 15 {"firmware":{"fwVersion":"2"}})"));
}

TEST_F(TwinClientTest, GivesUpTheConnectionWhenASubscriptionIsRefused) {
  for (const std::vector<int>& granted : {std::vector<int>{0, 128}, std::vector<int>{0}}) {
    broken.clear();
    client.connected();

    client.subscribed(granted);

    EXPECT_THAT(broken, ElementsAre(HasSubstr("subscriptions")));
  }
}

TEST_F(TwinClientTest, GivesUpTheConnectionWhenAnAnswerStaysAway) {
  client.connected();
  pass(TwinClient::answer_timeout);
  EXPECT_THAT(broken, ElementsAre(HasSubstr("SUBSCRIBE")));

  connect();
  pass(TwinClient::answer_timeout);
  EXPECT_THAT(broken.back(), HasSubstr("GET"));

  online();
  client.report("{}");
  pass(TwinClient::answer_timeout);
  EXPECT_THAT(broken.back(), HasSubstr("report"));
  EXPECT_EQ(broken.size(), 3U);
}

TEST_F(TwinClientTest, GivesUpTheConnectionWhenTheTwinIsNone) {
  for (const auto* body :
       {"", "nonsense", "[]", "{}", R"({"desired":7})", R"({"desired":{}})", R"({"desired":{"$version":"1"}})"}) {
    broken.clear();
    connect();

    answer(200, body);

    EXPECT_EQ(broken.size(), 1U) << body;
  }
  connect();
  answer(404, R"({"errorCode":404001})");
  EXPECT_THAT(broken.back(), HasSubstr("404"));
  EXPECT_THAT(heard, IsEmpty());
}

TEST_F(TwinClientTest, MergesNotificationsAndSaysWhatWasWritten) {
  online();

  notify(6, R"({"b":{"c":1},"$version":6})");
  notify(7, R"({"a":null,"$version":7})");

  EXPECT_THAT(heard, ElementsAre(R"(twin 5 {"a":1})", R"(desired 6 {"a":1,"b":{"c":1}} {"b":{"c":1}})",
                                 R"(desired 7 {"b":{"c":1}} {"a":null})"));
}

TEST_F(TwinClientTest, TakesTheVersionFromTheTopicWhenTheBodyHasNone) {
  online();

  notify(6, R"({"b":1})");

  EXPECT_EQ(heard.size(), 2U);
}

TEST_F(TwinClientTest, DropsNotificationsThatAreNotNewer) {
  online();

  notify(5, R"({"a":9,"$version":5})");
  notify(4, R"({"a":9,"$version":4})");
  notify(6, R"({"a":2,"$version":6})");
  notify(6, R"({"a":2,"$version":6})");

  EXPECT_EQ(heard.size(), 2U);
}

TEST_F(TwinClientTest, ReadsTheTwinAgainAfterAGap) {
  online();

  notify(7, R"({"b":1,"$version":7})");
  EXPECT_EQ(heard.size(), 1U);
  ASSERT_EQ(link.published.size(), 2U);
  notify(8, R"({"c":1,"$version":8})");
  answer(200, R"({"desired":{"a":1,"b":1,"$version":7},"reported":{}})");

  EXPECT_THAT(heard, ElementsAre(R"(twin 5 {"a":1})", R"(desired 7 {"a":1,"b":1} {"a":1,"b":1})",
                                 R"(desired 8 {"a":1,"b":1,"c":1} {"c":1})"));
}

TEST_F(TwinClientTest, KeepsNotificationsThatOvertakeTheTwin) {
  connect();

  notify(5, R"({"a":1,"$version":5})");
  notify(6, R"({"b":1,"$version":6})");
  EXPECT_THAT(heard, IsEmpty());
  answer(200, R"({"desired":{"a":1,"$version":5}})");

  EXPECT_THAT(heard, ElementsAre(R"(twin 5 {"a":1})", R"(desired 6 {"a":1,"b":1} {"b":1})"));
}

TEST_F(TwinClientTest, DoesNotKeepNotificationsWithoutEnd) {
  connect();

  for (int version = 1; version <= 101; ++version) notify(version, "{}");

  EXPECT_EQ(broken.size(), 1U);
}

TEST_F(TwinClientTest, GivesUpTheConnectionOnANotificationThatIsNone) {
  online();

  notify(6, "nonsense");
  notify(6, "[1]");
  client.message("$iothub/twin/PATCH/properties/desired/", "{}");

  EXPECT_EQ(broken.size(), 3U);
}

TEST_F(TwinClientTest, AnswersOnlyTheRequestThatAsked) {
  online();
  client.report(R"({"x":1})");
  const std::string id = link.last_id();

  client.message("$iothub/twin/res/204/?$rid=other&$version=3", "");
  client.message("$iothub/twin/res/204/", "");
  client.message("$iothub/twin/res/?$rid=" + id, "");
  client.message("something/else", "");
  EXPECT_THAT(answers, IsEmpty());
  client.message("$iothub/twin/res/204/?$rid=" + id + "&$version=3", "");
  client.message("$iothub/twin/res/204/?$rid=" + id + "&$version=3", "");

  EXPECT_THAT(answers, ElementsAre(204));
  EXPECT_EQ(link.published.back().second, R"({"x":1})");
  EXPECT_THAT(link.published.back().first, StartsWith("$iothub/twin/PATCH/properties/reported/?$rid="));
}

TEST_F(TwinClientTest, RepeatsWhatTheHubIsTooBusyFor) {
  online();
  client.report("{}");

  answer(429, "{}");
  EXPECT_EQ(link.published.size(), 2U);
  pass(1s);
  EXPECT_EQ(link.published.size(), 3U);
  answer(503);
  pass(1s);
  EXPECT_EQ(link.published.size(), 3U) << "the second wait is twice as long";
  pass(1s);
  ASSERT_EQ(link.published.size(), 4U);
  answer(204);

  EXPECT_THAT(answers, ElementsAre(204));
  pass(1h);
  EXPECT_THAT(broken, IsEmpty());
}

TEST_F(TwinClientTest, RepeatsTheReadingOfTheTwinToo) {
  connect();
  answer(500);
  pass(1s);

  answer(200, R"({"desired":{"$version":1}})");

  EXPECT_THAT(heard, ElementsAre("twin 1 {}"));
}

TEST_F(TwinClientTest, DoesNotRepeatWhatTheHubRefuses) {
  online();
  client.report("{}");

  answer(400, R"({"errorCode":400004})");
  pass(1h);

  EXPECT_THAT(answers, ElementsAre(400));
  EXPECT_EQ(link.published.size(), 2U);
}

TEST_F(TwinClientTest, IgnoresALateAnswerToAnEarlierConnection) {
  online();
  client.report("{}");
  const std::string late = link.answer_topic(204);
  client.disconnected();
  client.message(late, "");

  chance = 0.25;
  online();
  client.report("{}");
  client.message(late, "");

  EXPECT_THAT(answers, IsEmpty());
}

TEST_F(TwinClientTest, AnnouncesTheTwinOnEveryConnection) {
  online();
  client.disconnected();

  online();

  EXPECT_THAT(heard, ElementsAre(R"(twin 5 {"a":1})", R"(twin 5 {"a":1})"));
}

TEST(Timers, RunInOrderAndOnlyWhenTheirTimeHasCome) {
  fwctl::test::FakeClock clock;
  Timers timers(clock);
  std::string order;
  timers.add(2s, [&] { order += "b"; });
  timers.add(1s, [&] { order += "a"; });
  const auto key = timers.add(1s, [&] { order += "x"; });
  timers.remove(key);

  EXPECT_EQ(timers.next(), 1s);
  clock.advance(1s);
  timers.run_due();
  EXPECT_EQ(order, "a");
  clock.advance(5s);
  EXPECT_EQ(timers.next(), 0s);
  timers.run_due();

  EXPECT_EQ(order, "ab");
  EXPECT_FALSE(timers.next());
}

TEST(Timers, LeaveWhatATaskAddsForTheNextTime) {
  fwctl::test::FakeClock clock;
  Timers timers(clock);
  int runs = 0;
  std::function<void()> again = [&] {
    ++runs;
    timers.add(0s, again);
  };
  timers.add(0s, again);

  timers.run_due();

  EXPECT_EQ(runs, 1);
}

TEST(Backoff, DoublesUpToItsCapAndSpreads) {
  double chance = 0;
  Backoff backoff(1s, 60s, [&] { return chance; });

  EXPECT_EQ(backoff.next(), 500ms);
  chance = 0.5;
  EXPECT_EQ(backoff.next(), 2s);
  EXPECT_EQ(backoff.next(), 4s);
  for (int i = 0; i < 100; ++i) backoff.next();
  EXPECT_EQ(backoff.next(), 60s);
  backoff.reset();
  EXPECT_EQ(backoff.next(), 1s);
}

}  // namespace
}  // namespace fwctl::device
