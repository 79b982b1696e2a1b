#include "fwctl/iothub/hub_client.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fwctl/base/iso8601.hpp"
#include "fwctl/iothub/error.hpp"
#include "tests/unit/iothub/recording_transport.hpp"

namespace fwctl::iothub {
namespace {

class Client : public testing::Test {
 protected:
  /// The next answers, in order; the last one stays.
  void answer(std::vector<HttpResponse> answers) {
    answers_ = std::move(answers);
    next_ = 0;
  }
  void answer(const std::string& body) { answer({{200, {}, body}}); }
  std::string line() const { return sent_.back().method + " " + sent_.back().target; }
  std::string sent_header(const char* name) const { return std::string(header(sent_.back().headers, name)); }

  test::FakeClock clock_;
  std::vector<HttpRequest> sent_;
  std::vector<HttpResponse> answers_{{200, {}, "{}"}};
  std::size_t next_ = 0;
  test::RecordingTransport transport_{
      sent_, [this](const HttpRequest&) { return answers_[std::min(next_++, answers_.size() - 1)]; }};
  HubClient hub_{transport_, clock_, "fwctl/test"};
};

constexpr const char* job_answer = R"({"jobId":"fw-150","type":"scheduleUpdateTwin","status":"queued"})";
constexpr const char* device_answer =
    R"({"deviceId":"pump-01","etag":"MA==","status":"enabled","lastActivityTime":"0001-01-01T00:00:00Z","authentication":{"symmetricKey":{"primaryKey":"QUFBQQ==","secondaryKey":null}},"new":1})";
constexpr const char* twin_answer =
    R"({"deviceId":"pump-01","etag":"AAAAAAAAAAE=","version":2,"properties":{"desired":{"$version":1}}})";

TEST_F(Client, SchedulesAJobAsTheReferenceShows) {
  answer(job_answer);

  const Job job =
      hub_.create_job({"fw-150", "tags.ring = 'canary'", R"({"etag":"*","properties":{"desired":{"firmware":null}}})",
                       parse_iso8601("2025-12-31T23:10:00Z"), std::chrono::seconds{3600}});

  EXPECT_EQ(line(), "PUT /jobs/v2/fw-150?api-version=2021-04-12");
  EXPECT_EQ(
      sent_.back().body,
      R"({"jobId":"fw-150","type":"scheduleUpdateTwin","updateTwin":{"etag":"*","properties":{"desired":{"firmware":null}}},)"
      R"("queryCondition":"tags.ring = 'canary'","startTime":"2025-12-31T23:10:00.000Z","maxExecutionTimeInSeconds":3600})");
  EXPECT_EQ(sent_header("Content-Type"), "application/json; charset=utf-8");
  EXPECT_EQ(sent_header("User-Agent"), "fwctl/test");
  EXPECT_EQ(sent_header("Request-Id"), sent_header("x-ms-client-request-id"));
  EXPECT_EQ(job.status, JobStatus::queued);
}

TEST_F(Client, GoesByTheHubsClockWhereThatDiffers) {
  using namespace std::chrono_literals;
  const Time ours = clock_.now();  // 2026-01-01T00:00:00Z
  EXPECT_EQ(hub_.now(), ours);
  for (const auto& [date, offset] :
       std::vector<std::pair<const char*, std::chrono::seconds>>{{"Thu, 01 Jan 2026 00:20:00 GMT", 20min},
                                                                 {"Wed, 31 Dec 2025 23:00:00 GMT", -60min},
                                                                 {"Thu, 01 Jan 2026 00:00:03 GMT", 0s},
                                                                 {"nonsense", 0s}}) {
    answer({{200, {{"Date", date}}, job_answer}});
    hub_.get_job("a");
    EXPECT_EQ(hub_.now(), ours + offset) << date;
  }
}

TEST_F(Client, TakesBothWaysToSayThatAJobIsUnknown) {
  answer(R"({"type":"unknown","status":"unknown"})");
  EXPECT_EQ(hub_.get_job("nope"), std::nullopt);
  answer({{404, {{"iothub-errorcode", "JobNotFound"}}, ""}});
  EXPECT_EQ(hub_.get_job("nope"), std::nullopt);
}

TEST_F(Client, KeepsAStatusThatItDoesNotKnow) {
  answer(R"({"jobId":"j","type":"t","status":"pondering"})");

  const auto job = hub_.get_job("j");

  ASSERT_TRUE(job);
  EXPECT_EQ(job->status, JobStatus::other);
  EXPECT_EQ(job->status_text, "pondering");
  EXPECT_FALSE(is_terminal(job->status));
}

TEST_F(Client, CancelsAndListsJobs) {
  answer(job_answer);
  hub_.cancel_job("fw 1/5");
  EXPECT_EQ(line(), "POST /jobs/v2/fw%201%2F5/cancel?api-version=2021-04-12");

  answer("[]");
  hub_.list_jobs("scheduleUpdateTwin", "completed", 10).next();
  EXPECT_EQ(line(), "GET /jobs/v2/query?api-version=2021-04-12&jobType=scheduleUpdateTwin&jobStatus=completed");
  EXPECT_EQ(sent_header("x-ms-max-item-count"), "10");
}

TEST_F(Client, GoesFromPageToPageUntilTheTokenIsGone) {
  answer({{200, {{"x-ms-continuation", "t1"}}, R"([{"a":1}])"},
          {200, {{"x-ms-continuation", "t2"}}, "[]"},
          {200, {}, R"([{"a":2}])"}});
  auto pages = hub_.query("SELECT * FROM devices", 2);

  EXPECT_THAT(*pages.next(), testing::ElementsAre(R"({"a":1})"));
  EXPECT_THAT(*pages.next(), testing::IsEmpty()) << "an empty page is not the last";
  EXPECT_EQ(sent_header("x-ms-continuation"), "t1");
  EXPECT_THAT(*pages.next(), testing::ElementsAre(R"({"a":2})"));
  EXPECT_EQ(pages.next(), std::nullopt);
  EXPECT_EQ(sent_.size(), 3U);
  EXPECT_EQ(sent_.back().body, R"({"query":"SELECT * FROM devices"})");
}

TEST_F(Client, RefusesPagesThatWouldNeverEnd) {
  answer({{200, {{"x-ms-continuation", "t"}}, "[]"}});
  auto pages = hub_.query("q");
  pages.next();

  EXPECT_THROW(pages.next(), ProtocolError);
}

TEST_F(Client, WritesTwinsWithAQuotedEtag) {
  answer(twin_answer);
  hub_.update_twin("pump-01", R"({"tags":{"a":null}})", "AAAAAAAAAAE=");
  EXPECT_EQ(line(), "PATCH /twins/pump-01?api-version=2021-04-12");
  EXPECT_EQ(sent_header("If-Match"), "\"AAAAAAAAAAE=\"");
  EXPECT_EQ(sent_.back().body, R"({"tags":{"a":null}})");

  hub_.update_twin("pump-01", "{}");
  EXPECT_EQ(sent_header("If-Match"), "\"*\"");
}

TEST_F(Client, KeepsTheHubsDocumentAndReadsItsNever) {
  answer(device_answer);

  const auto device = hub_.get_device("d 1#x");

  EXPECT_EQ(line(), "GET /devices/d%201%23x?api-version=2021-04-12");
  ASSERT_TRUE(device);
  EXPECT_EQ(device->document, device_answer);
  EXPECT_EQ(device->last_activity, std::nullopt);
  EXPECT_EQ(device->primary_key->reveal(), "QUFBQQ==");
  EXPECT_EQ(device->secondary_key, std::nullopt);
}

TEST_F(Client, CreatesAndDeletesDevices) {
  answer(device_answer);
  hub_.create_device({.id = "pump-01", .primary_key = {}, .secondary_key = {}, .enabled = true, .tags = {}});
  EXPECT_EQ(line(), "PUT /devices/pump-01?api-version=2021-04-12");
  EXPECT_EQ(sent_header("If-Match"), "");

  answer({{204, {}, ""}});
  hub_.delete_device("pump-01");
  EXPECT_EQ(line(), "DELETE /devices/pump-01?api-version=2021-04-12");
  EXPECT_EQ(sent_header("If-Match"), "\"*\"");
  answer("<html>");
  EXPECT_THROW(hub_.delete_device("pump-01"), ProtocolError);
}

TEST_F(Client, FollowsNoPagesThatNeverHaveARow) {
  int page = 0;
  test::RecordingTransport endless(sent_, [&](const HttpRequest&) {
    return HttpResponse{200, {{"x-ms-continuation", std::to_string(++page)}}, "[]"};
  });
  HubClient hub(endless, clock_, "fwctl/test");
  auto pages = hub.query("SELECT * FROM devices");

  EXPECT_THROW(
      {
        while (pages.next())
          ;
      },
      ProtocolError);
  EXPECT_EQ(page, 1001);
}

TEST_F(Client, TellsWhichLinesOfABulkRegistrationFailed) {
  answer(
      {{400,
        {{"iothub-errorcode", "BulkRegistryOperationFailure"}},
        R"({"isSuccessful":false,"errors":[{"deviceId":"b2","errorCode":"DeviceAlreadyExists","errorStatus":"taken"}]})"}});

  const auto failures = hub_.create_devices(
      {{.id = "b1", .primary_key = {}, .secondary_key = {}, .enabled = true, .tags = R"({"x":1})"}});

  EXPECT_THAT(sent_.back().body, testing::HasSubstr(R"("importMode":"create","tags":{"x":1})"));
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].device_id, "b2");
  EXPECT_EQ(failures[0].code, "DeviceAlreadyExists");
}

TEST_F(Client, SaysSoWhenAnAnswerIsNotWhatAHubSends) {
  for (const std::string& body :
       std::vector<std::string>{"", "<html>", "[]", "7", "{}", R"({"deviceId":7})", std::string(100'000, '[')}) {
    answer(body);
    EXPECT_THROW(hub_.get_twin("a"), ProtocolError) << body.substr(0, 20);
    EXPECT_THROW(hub_.get_job("a"), ProtocolError) << body.substr(0, 20);
  }
  answer("{}");
  EXPECT_THROW(hub_.query("q").next(), ProtocolError);
}

TEST_F(Client, TakesNothingForACountThatIsNone) {
  for (const char* count : {"-1", "1e300", "18446744073709551615"}) {
    answer(fmt::format(R"({{"jobId":"a","status":"running","deviceJobStatistics":{{"failedCount":{}}}}})", count));
    EXPECT_THROW(hub_.get_job("a"), ProtocolError) << count;
  }
}

}  // namespace
}  // namespace fwctl::iothub
