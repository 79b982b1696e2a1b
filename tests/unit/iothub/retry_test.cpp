#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fwctl/iothub/error.hpp"
#include "tests/unit/iothub/recording_transport.hpp"

namespace fwctl::iothub {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class Retries : public testing::Test {
 protected:
  /// Answers so many times what `fault` says, then 200.
  void fail(int times, std::function<HttpResponse()> fault) {
    left_ = times;
    fault_ = std::move(fault);
  }
  HttpResponse send(Retry retry, const RetryPolicy& policy = {}) {
    const auto transport = with_retry(
        std::make_unique<test::RecordingTransport>(sent_,
                                                   [this](const HttpRequest&) {
                                                     return left_-- > 0 ? fault_() : HttpResponse{200, {}, ""};
                                                   }),
        clock_, policy, [this](const std::string&, auto) { ++told_; }, [] { return 0.5; });
    return transport->send({{}, retry});
  }

  test::FakeClock clock_;
  std::vector<HttpRequest> sent_;
  int told_ = 0;

 private:
  int left_ = 0;
  std::function<HttpResponse()> fault_;
};

HttpResponse status(int code) { return {code, {}, ""}; }
HttpResponse lost() { throw TransportError("reset", true); }
HttpResponse refused() { throw TransportError("refused", false); }

TEST_F(Retries, WaitTwiceAsLongEachTime) {
  fail(3, [] { return status(503); });

  EXPECT_EQ(send(Retry::always).status, 200);

  EXPECT_THAT(clock_.slept, ElementsAre(1s, 2s, 4s));
  EXPECT_EQ(told_, 3);
}

TEST_F(Retries, GiveAThrottlingHubTenSeconds) {
  fail(2, [] { return status(429); });

  EXPECT_EQ(send(Retry::always).status, 200);

  EXPECT_THAT(clock_.slept, ElementsAre(10s, 20s));
}

TEST_F(Retries, AreOfNoUseWhenAllJobSlotsAreTaken) {
  fail(1, [] { return HttpResponse{429, {{"iothub-errorcode", "ThrottlingMaxActiveJobCountExceeded"}}, ""}; });

  EXPECT_EQ(send(Retry::if_refused).status, 429);

  EXPECT_TRUE(clock_.slept.empty());
}

TEST_F(Retries, WaitAsLongAsTheHubAsks) {
  fail(1, [] { return HttpResponse{429, {{"Retry-After", "7"}}, ""}; });

  send(Retry::always);

  EXPECT_THAT(clock_.slept, ElementsAre(7s));
}

TEST_F(Retries, WaitOfTheirOwnWhenTheHubAsksForNoTimeAtAll) {
  for (const char* asked : {"0", "Thu, 01 Jan 1970 00:00:00 GMT"}) {
    fail(2, [asked] { return HttpResponse{503, {{"Retry-After", asked}}, ""}; });

    send(Retry::always);

    EXPECT_THAT(clock_.slept, ElementsAre(1s, 2s)) << asked;
    clock_.slept.clear();
  }
}

TEST_F(Retries, GiveUpWithinTheBudgetAndReturnTheLastAnswer) {
  fail(1000, [] { return status(503); });

  EXPECT_EQ(send(Retry::always).status, 503);

  EXPECT_LE(clock_.uptime(), 120s);
}

TEST_F(Retries, WaitForNothingThatWouldComeTooLate) {
  fail(1000, [] { return status(503); });

  EXPECT_EQ(send(Retry::always, {.total = 1s}).status, 503);

  EXPECT_TRUE(clock_.slept.empty());
}

TEST_F(Retries, GoOnTowardsTheEndOfTheTime) {
  fail(1000, [] { return status(503); });

  EXPECT_EQ(send(Retry::always, {.deadline = 30s}).status, 503);

  EXPECT_THAT(clock_.slept, ElementsAre(1s, 2s, 4s, 8s, 7500ms, 3750ms, 1875ms));
}

TEST_F(Retries, GiveUpWhenTheyAreWokenTooLate) {
  fail(1000, [] { return status(503); });
  clock_.on_sleep = [this] { clock_.advance(120s); };

  EXPECT_EQ(send(Retry::always).status, 503);

  EXPECT_EQ(sent_.size(), 1U);
}

TEST_F(Retries, SayHowOftenTheyTriedWhenNoAnswerCame) {
  fail(1000, refused);

  try {
    send(Retry::always);
    FAIL() << "no answer is an error";
  } catch (const TransportError& error) {
    EXPECT_STREQ(error.what(), "refused (tried 12 times)");
  }
}

TEST_F(Retries, AreOfNoUseWhenTheOtherEndIsNotTrusted) {
  fail(1, []() -> HttpResponse { throw UntrustedError("expired", ""); });

  EXPECT_THROW(send(Retry::always), UntrustedError);

  EXPECT_TRUE(clock_.slept.empty());
}

TEST_F(Retries, RepeatNothingThatIsAnAnswer) {
  for (const int code : {200, 302, 400, 401, 404, 409, 412, 501}) {
    fail(1, [code] { return status(code); });
    EXPECT_EQ(send(Retry::always).status, code);
  }
  EXPECT_TRUE(clock_.slept.empty());
}

TEST_F(Retries, RepeatWhatMustNotHappenTwiceOnlyWhenTheHubDidNotAct) {
  fail(1, [] { return status(429); });
  EXPECT_EQ(send(Retry::if_refused).status, 200);
  fail(1, refused);
  EXPECT_EQ(send(Retry::if_refused).status, 200);

  fail(1, [] { return status(503); });
  EXPECT_EQ(send(Retry::if_refused).status, 503);
  fail(1, lost);
  EXPECT_THROW(send(Retry::if_refused), TransportError);
  fail(1, refused);
  EXPECT_THROW(send(Retry::never), TransportError);
}

TEST(Logging, ShowsRequestsAndNoSecret) {
  test::FakeClock clock;
  std::vector<HttpRequest> sent;
  std::string log;
  const auto transport = with_logging(std::make_unique<test::RecordingTransport>(sent), clock,
                                      [&](const LogEntry& entry) { log += entry.message + "\n"; });

  transport->send({{"GET", "/twins/a", {{"Authorization", "secret"}, {"If-Match", "\"x\""}}, "body"}});

  EXPECT_THAT(log, testing::HasSubstr("GET /twins/a 200"));
  EXPECT_THAT(log, testing::HasSubstr("If-Match: \"x\""));
  EXPECT_THAT(log, testing::Not(testing::HasSubstr("secret")));
  EXPECT_THAT(log, testing::Not(testing::HasSubstr("body")));
}

TEST(Logging, SaysOfEachTryWhatProgramsAskFor) {
  test::FakeClock clock;
  std::vector<HttpRequest> sent;
  std::vector<LogEntry> log;
  const auto transport = with_logging(
      std::make_unique<test::RecordingTransport>(sent,
                                                 [&](const HttpRequest&) {
                                                   clock.sleep_for(std::chrono::milliseconds{12});
                                                   return HttpResponse{404, {{"iothub-errorcode", "JobNotFound"}}, ""};
                                                 }),
      clock, [&](const LogEntry& entry) { log.push_back(entry); });

  transport->send({{"GET", "/jobs/v2/a?api-version=2021-04-12", {}, ""}});

  ASSERT_FALSE(log.empty());
  EXPECT_EQ(log[0].level, 1);
  EXPECT_EQ(log[0].message, "GET /jobs/v2/a?api-version=2021-04-12 404 12 ms JobNotFound");
  EXPECT_EQ(log[0].method, "GET");
  EXPECT_EQ(log[0].path, "/jobs/v2/a");
  EXPECT_EQ(log[0].status, 404);
  EXPECT_EQ(log[0].elapsed, std::chrono::milliseconds{12});
  EXPECT_EQ(log[0].error_code, "JobNotFound");
}

}  // namespace
}  // namespace fwctl::iothub
