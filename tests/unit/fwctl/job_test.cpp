#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/run_fwctl.hpp"

namespace fwctl::cli {
namespace {

using test::FlakyHub;
using test::Outcome;
using test::run_fwctl;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Json = test::HubFixture::Json;

class Jobs : public testing::Test {
 protected:
  Jobs() {
    hub_.create_device("chiller-1", {{"devicetype", "chiller"}});
    hub_.create_device("chiller-2", {{"devicetype", "chiller"}});
  }

  void schedule(const std::string& id, const std::string& start = "2026-01-01T00:00:00Z") {
    const auto answer = hub_.call("PUT", "/jobs/v2/" + id,
                                  {{"jobId", id},
                                   {"type", "scheduleUpdateTwin"},
                                   {"queryCondition", "tags.devicetype='chiller'"},
                                   {"updateTwin", {{"etag", "*"}, {"tags", {{"seen", true}}}}},
                                   {"startTime", start},
                                   {"maxExecutionTimeInSeconds", 60}});
    ASSERT_EQ(answer.status, 200) << answer.body;
    hub_.clock.advance(std::chrono::seconds{1});
    hub_.run_due();
  }

  FlakyHub hub_;
};

TEST_F(Jobs, AreListedWithTheirCounts) {
  schedule("job-1");

  const Json document = run_fwctl(hub_, {"job", "list", "-o", "json"}).json();

  EXPECT_EQ(document.at("schemaVersion"), 1);
  ASSERT_THAT(document.at("jobs"), SizeIs(1));
  EXPECT_EQ(document.at("jobs")[0].at("deviceJobStatistics").at("deviceCount"), 2);
}

TEST_F(Jobs, AreFilteredByStatusAndLimit) {
  schedule("job-1");
  schedule("job-2", "2026-01-01T09:00:00Z");

  EXPECT_THAT(run_fwctl(hub_, {"job", "list", "--status", "scheduled", "-o", "tsv"}).out, HasSubstr("\njob-2\t"));
  EXPECT_THAT(run_fwctl(hub_, {"job", "list", "--status", "failed", "-o", "json"}).json().at("jobs"), IsEmpty());
  EXPECT_THAT(run_fwctl(hub_, {"job", "list", "--limit", "1", "-o", "json"}).json().at("jobs"), SizeIs(1));
}

TEST_F(Jobs, AreShownWhateverBecameOfThem) {
  schedule("job-1");

  const Outcome outcome = run_fwctl(hub_, {"job", "show", "job-1"});

  EXPECT_EQ(outcome.code, ExitCode::ok);
  EXPECT_THAT(outcome.out, HasSubstr("STATUS     completed"));
  EXPECT_THAT(outcome.out, HasSubstr("WHERE      tags.devicetype='chiller'"));
}

TEST_F(Jobs, ThatWaitCanBeCancelled) {
  schedule("job-1", "2026-01-01T09:00:00Z");

  EXPECT_EQ(run_fwctl(hub_, {"job", "cancel", "job-1"}).code, ExitCode::ok);
  EXPECT_EQ(run_fwctl(hub_, {"job", "show", "job-1", "-o", "json"}).json().at("job").at("status"), "cancelled");
}

TEST_F(Jobs, AreCancelledOnceWhenTheAnswerIsLost) {
  schedule("job-1", "2026-01-01T09:00:00Z");
  hub_.lose_next_answer();

  EXPECT_EQ(run_fwctl(hub_, {"job", "cancel", "job-1"}).code, ExitCode::ok);
  EXPECT_THAT(hub_.requests, SizeIs(3));  // the cancellation, its repeat, and a look at what became of it
}

TEST_F(Jobs, AreCancelledInTheEndWhenTheRequestIsLost) {
  schedule("job-1", "2026-01-01T09:00:00Z");
  hub_.lose_next_request();
  hub_.answer(1, {503, {}, ""});

  EXPECT_EQ(run_fwctl(hub_, {"job", "cancel", "job-1"}).code, ExitCode::ok);
  EXPECT_EQ(hub_.json("GET", "/jobs/v2/job-1")["status"], "cancelled");
}

TEST_F(Jobs, ThatAreCancelledMayBeCancelledAgain) {
  schedule("job-1", "2026-01-01T09:00:00Z");

  EXPECT_EQ(run_fwctl(hub_, {"job", "cancel", "job-1"}).code, ExitCode::ok);
  EXPECT_EQ(run_fwctl(hub_, {"job", "cancel", "job-1"}).code, ExitCode::ok);
}

TEST_F(Jobs, ThatHaveEndedCanNotBeCancelled) {
  schedule("job-1");

  const Outcome outcome = run_fwctl(hub_, {"job", "cancel", "job-1", "-o", "json"});

  EXPECT_EQ(outcome.code, ExitCode::conflict);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("hint: a job can be cancelled only before it runs"));
}

TEST_F(Jobs, TellWhatBecameOfEachDevice) {
  schedule("job-1");

  const Outcome all = run_fwctl(hub_, {"job", "devices", "job-1", "-o", "tsv"});
  const Outcome failed = run_fwctl(hub_, {"job", "devices", "job-1", "--status", "failed", "-o", "json"});

  EXPECT_THAT(all.out, HasSubstr("\nchiller-1\tcompleted\t"));
  EXPECT_THAT(all.out, HasSubstr("\nchiller-2\tcompleted\t"));
  EXPECT_THAT(failed.json().at("deviceJobs"), IsEmpty());
}

TEST_F(Jobs, AreFoundByTheirNameAloneHoweverItIsSpelt) {
  const Outcome outcome = run_fwctl(hub_, {"job", "show", "../devices/x?a#b c"});

  EXPECT_EQ(outcome.code, ExitCode::not_found);
  ASSERT_FALSE(hub_.requests.empty());
  EXPECT_THAT(hub_.requests[0].target, testing::StartsWith("/jobs/v2/..%2Fdevices%2Fx%3Fa%23b%20c?"));
}

TEST_F(Jobs, NobodyHasAreSaidToBeNone) {
  const Outcome table = run_fwctl(hub_, {"job", "list"});

  EXPECT_EQ(table.out, "");
  EXPECT_EQ(table.err, "fwctl: no jobs\n");
  EXPECT_EQ(run_fwctl(hub_, {"job", "list", "-o", "json"}).json(),
            Json({{"schemaVersion", 1}, {"jobs", Json::array()}}));
  EXPECT_EQ(run_fwctl(hub_, {"job", "list", "-o", "jsonl"}).out, "");
}

}  // namespace
}  // namespace fwctl::cli
