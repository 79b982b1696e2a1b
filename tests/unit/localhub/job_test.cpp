#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fwctl/base/iso8601.hpp"
#include "lib/localhub/jobs/job_machine.hpp"
#include "tests/support/hub_fixture.hpp"
#include "tests/support/temporary_folder.hpp"

namespace fwctl::localhub {
namespace {

using test::HubFixture;
using testing::HasSubstr;
using Json = HubFixture::Json;

TEST(JobMachine, MovesAsItsTableSays) {
  using enum JobState;
  using enum JobEvent;
  for (const JobState waiting : {queued, scheduled}) {
    EXPECT_EQ(next_state(waiting, started), running);
    EXPECT_EQ(next_state(waiting, bad_condition), failed);
    EXPECT_EQ(next_state(waiting, cancel), JobState::cancelled);
    EXPECT_EQ(next_state(waiting, all_done), std::nullopt);
  }
  EXPECT_EQ(next_state(running, all_done), completed);
  EXPECT_EQ(next_state(running, timed_out), completed);
  EXPECT_EQ(next_state(running, cancel), std::nullopt);
  for (const JobState end : {completed, failed, JobState::cancelled}) {
    for (const JobEvent event : {started, bad_condition, all_done, timed_out, cancel})
      EXPECT_EQ(next_state(end, event), std::nullopt);
  }
}

class Jobs : public testing::Test {
 protected:
  static Json body(const std::string& condition = "tags.on = true", const Json& more = Json::object()) {
    Json json{{"type", "scheduleUpdateTwin"},
              {"queryCondition", condition},
              {"updateTwin", {{"etag", "*"}, {"properties", {{"desired", {{"v", 2}}}}}}},
              {"cloudToDeviceMethod", nullptr}};
    json.update(more);
    return json;
  }
  HttpResponse put(const Json& json, const std::string& id = "j") { return hub_.call("PUT", "/jobs/v2/" + id, json); }
  Json job() { return hub_.json("GET", "/jobs/v2/j"); }
  void add(int count) {
    for (int i = 0; i < count; ++i) hub_.create_device("d" + std::to_string(i), {{"on", true}});
  }
  std::string in(std::chrono::seconds time) { return format_iso8601_millis(hub_.clock.now() + time); }

  HubFixture hub_;
};

TEST_F(Jobs, RunFromQueuedToCompletedAndWriteTheTwins) {
  add(3);
  hub_.create_device("off");

  EXPECT_EQ(put(body()).body, R"({"jobId":"j","type":"scheduleUpdateTwin","status":"queued"})");
  EXPECT_EQ(job()["status"], "queued");
  hub_.run_due();

  EXPECT_EQ(job()["status"], "completed");
  EXPECT_EQ(job()["deviceJobStatistics"].dump(),
            R"({"deviceCount":3,"failedCount":0,"succeededCount":3,"runningCount":0,"pendingCount":0})");
  EXPECT_EQ(hub_.twin("d1")["properties"]["desired"]["v"], 2);
  EXPECT_EQ(hub_.twin("off")["properties"]["desired"]["$version"], 1);
}

TEST_F(Jobs, TellWhatBecameOfEachDevice) {
  add(1);
  put(body());
  hub_.run_due();

  const Json row =
      hub_.json("POST", "/devices/query", {{"query", "SELECT * FROM devices.jobs WHERE devices.jobs.jobId = 'j'"}})
          .at(0);
  EXPECT_EQ(row["deviceId"], "d0");
  EXPECT_EQ(row["jobType"], "scheduleUpdateTwin");
  EXPECT_EQ(row["status"], "completed");
  EXPECT_FALSE(row.contains("error"));
}

TEST_F(Jobs, WaitForTheirStart) {
  add(1);
  put(body("*", {{"startTime", in(std::chrono::hours{2})}}));
  hub_.run_due();
  EXPECT_EQ(job()["status"], "scheduled");

  hub_.clock.advance(std::chrono::hours{2});
  hub_.run_due();
  EXPECT_EQ(job()["status"], "completed");
}

TEST_F(Jobs, AreRefusedByTheRules) {
  const auto code = [&](const Json& json, const std::string& id = "j") {
    const HttpResponse response = put(json, id);
    return std::to_string(response.status) + " " + std::string(header(response.headers, "iothub-errorcode"));
  };
  Json no_etag = body();
  no_etag["updateTwin"].erase("etag");
  EXPECT_EQ(code(no_etag), "412 PreconditionFailed");
  EXPECT_EQ(code(body("*", {{"startTime", in(std::chrono::hours{169})}})), "400 ArgumentInvalid");
  EXPECT_EQ(code(body("*", {{"startTime", "soon"}})), "400 ArgumentInvalid");
  EXPECT_EQ(code(body("*", {{"type", "scheduleTwinUpdate"}})), "400 GenericBadRequest");
  EXPECT_EQ(code(body("*", {{"maxExecutionTimeInSeconds", "x"}})), "400 ArgumentInvalid");
  EXPECT_EQ(code(body(""), "j"), "400 ArgumentNull");
  EXPECT_EQ(code(body(), "a_b"), "400 ArgumentInvalid");
  EXPECT_EQ(code(body("deviceId = '" + std::string(8192, 'x') + "'")), "412 PreconditionFailed");
  put(body());
  EXPECT_EQ(code(body()), "409 JobAlreadyExists");
}

TEST_F(Jobs, FailLaterForABadCondition) {
  EXPECT_EQ(put(body("SELECT x")).status, 200);
  hub_.run_due();

  EXPECT_EQ(job()["status"], "failed");
  EXPECT_THAT(job()["failureReason"].get<std::string>(), HasSubstr("Line 1:29 "));
}

TEST_F(Jobs, AreCancelledOnlyBeforeTheyRun) {
  put(body("*", {{"startTime", in(std::chrono::hours{1})}}));
  EXPECT_EQ(hub_.json("POST", "/jobs/v2/j/cancel")["status"], "cancelled");
  EXPECT_EQ(hub_.call("POST", "/jobs/v2/j/cancel").status, 405);
  EXPECT_EQ(hub_.call("POST", "/jobs/v2/nope/cancel").status, 404);
  EXPECT_EQ(hub_.json("GET", "/jobs/v2/nope").dump(), R"({"jobId":"nope","type":"unknown","status":"unknown"})");
}

TEST_F(Jobs, AreForgottenThirtyDaysAfterTheirEnd) {
  add(1);
  put(body());
  hub_.run_due();
  const auto rows = [&] {
    return hub_.json("POST", "/devices/query",
                     {{"query", "SELECT * FROM devices.jobs WHERE devices.jobs.jobId = 'j'"}});
  };

  hub_.clock.advance(std::chrono::hours{30 * 24});
  EXPECT_EQ(job()["status"], "completed");
  EXPECT_EQ(rows().size(), 1U);

  hub_.clock.advance(std::chrono::seconds{1});
  EXPECT_EQ(job()["status"], "unknown");
  EXPECT_EQ(rows(), Json::array());
  EXPECT_EQ(put(body()).status, 200) << "the id is free again";
}

TEST_F(Jobs, AreListedByTypeAndStatusPageByPage) {
  for (const char* id : {"a", "b", "c"}) put(body(), id);
  HttpResponse page = hub_.call("GET", "/jobs/v2/query?jobType=ScheduleUpdateTwin&jobStatus=Queued", nullptr,
                                {{"x-ms-max-item-count", "2"}});
  EXPECT_EQ(header(page.headers, "x-ms-item-type"), "JobResponse");
  EXPECT_EQ(Json::parse(page.body).size(), 2U);

  page = hub_.call("GET", "/jobs/v2/query", nullptr,
                   {{"x-ms-continuation", std::string(header(page.headers, "x-ms-continuation"))}});
  EXPECT_EQ(Json::parse(page.body).size(), 1U);
  EXPECT_FALSE(page.headers.contains("x-ms-continuation"));
  EXPECT_EQ(hub_.json("GET", "/jobs/v2/query?jobStatus=failed"), Json::array());
}

TEST(PacedJobs, FailWhatTheirTimeDidNotReach) {
  HubFixture hub({.switches = {.job_pace = 10}});
  for (int i = 0; i < 30; ++i) hub.create_device("d" + std::to_string(i));
  hub.call("PUT", "/jobs/v2/j",
           {{"type", "scheduleUpdateTwin"},
            {"queryCondition", "*"},
            {"updateTwin", {{"etag", "*"}, {"tags", {{"x", 1}}}}},
            {"maxExecutionTimeInSeconds", 1}});

  for (int i = 0; i < 30; ++i, hub.clock.advance(std::chrono::milliseconds{100})) hub.run_due();

  const Json job = hub.json("GET", "/jobs/v2/j");
  EXPECT_EQ(job["status"], "completed");
  EXPECT_GT(job["deviceJobStatistics"]["failedCount"], 10);
  EXPECT_THAT(
      hub.call("POST", "/devices/query", {{"query", "SELECT * FROM devices.jobs WHERE devices.jobs.status = 'failed'"}})
          .body,
      HasSubstr("JobRunPreconditionFailed"));
}

TEST(ImportJobs, AreTakenInAndFailForLackOfStorage) {
  HubFixture hub;
  EXPECT_EQ(hub.json("GET", "/jobs"), Json::array());
  const Json job = hub.json("POST", "/jobs/create",
                            {{"type", "export"}, {"outputBlobContainerUri", "https://a.blob/c"}, {"jobId", "mine"}});
  EXPECT_EQ(job["status"], "enqueued");
  const std::string path = "/jobs/" + job["jobId"].get<std::string>();
  EXPECT_EQ(hub.json("GET", path)["status"], "failed");
  EXPECT_THAT(hub.json("GET", path)["failureReason"], HasSubstr("no storage account"));
  EXPECT_EQ(hub.json("GET", "/jobs").size(), 1U);
  EXPECT_EQ(hub.call("DELETE", path).status, 204);
  EXPECT_EQ(hub.call("DELETE", "/jobs/other").status, 404);
  EXPECT_EQ(hub.call("GET", "/jobs/other").status, 404);
  EXPECT_EQ(hub.call("POST", "/jobs/create", {{"type", "export"}}).status, 400);
  EXPECT_EQ(hub.call("POST", "/jobs/create", {{"type", "copy"}}).status, 400);
}

TEST(JobsOnDisk, GoOnWhereAKilledHubStopped) {
  const test::TemporaryFolder folder;
  HubFixture hub({.database = (folder.path() / "hub.db").string()});
  for (int i = 0; i < 250; ++i) hub.create_device("d" + std::to_string(i));
  hub.call(
      "PUT", "/jobs/v2/j",
      {{"type", "scheduleUpdateTwin"}, {"queryCondition", "*"}, {"updateTwin", {{"etag", "*"}, {"tags", {{"x", 1}}}}}});
  hub.hub().run_due();  // starts it
  hub.hub().run_due();  // a hundred twins

  hub.restart();
  EXPECT_EQ(hub.json("GET", "/jobs/v2/j")["deviceJobStatistics"]["succeededCount"], 100);
  hub.run_due();

  EXPECT_EQ(hub.json("GET", "/jobs/v2/j")["deviceJobStatistics"]["succeededCount"], 250);
  EXPECT_EQ(hub.twin("d249")["version"], 3) << "each twin was written once";
}

}  // namespace
}  // namespace fwctl::localhub
