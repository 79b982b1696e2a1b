#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "fwctl/base/error.hpp"
#include "tests/support/run_fwctl.hpp"

namespace fwctl::cli {
namespace {

using test::FlakyHub;
using test::Outcome;
using test::run_fwctl;
using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* wrong_key = "HostName=localhost;SharedAccessKeyName=iothubowner;SharedAccessKey=d3Jvbmc=";

class ExitCodes : public testing::Test {
 protected:
  Outcome run(const std::vector<std::string>& arguments, const test::Setup& setup = {}) {
    Outcome outcome = run_fwctl(hub_, arguments, setup);
    EXPECT_TRUE(outcome.code == ExitCode::ok || outcome.out.empty()) << outcome.out;
    return outcome;
  }

  FlakyHub hub_;
};

TEST_F(ExitCodes, AreWhatTheReadmeSays) {
  EXPECT_EQ(static_cast<int>(ExitCode::unavailable), 75);
  EXPECT_EQ(static_cast<int>(ExitCode::deadline_passed), 124);
  EXPECT_EQ(static_cast<int>(ExitCode::interrupted), 130);
  EXPECT_EQ(static_cast<int>(ExitCode::terminated), 143);
}

TEST_F(ExitCodes, Ok) { EXPECT_EQ(run({"job", "list", "-o", "json"}).code, ExitCode::ok); }

TEST_F(ExitCodes, FailedWhenTheAnswerIsNotAHubs) {
  hub_.answer(1, {.status = 200, .headers = {}, .body = "<html>"});

  const Outcome outcome = run({"job", "list", "-o", "json"});

  EXPECT_EQ(outcome.code, ExitCode::failed);
  EXPECT_THAT(outcome.err, HasSubstr("not JSON"));
}

TEST_F(ExitCodes, UsageWhenTheHubRefusesAQuery) {
  EXPECT_EQ(run({"query", "SELECT FROM WHERE", "-o", "json"}).code, ExitCode::usage);
}

TEST_F(ExitCodes, NotFound) {
  for (const char* form : {"table", "json", "jsonl", "tsv"}) {
    EXPECT_EQ(run({"job", "show", "no-such", "-o", form}).code, ExitCode::not_found);
    EXPECT_EQ(run({"job", "cancel", "no-such", "-o", form}).code, ExitCode::not_found);
    EXPECT_EQ(run({"job", "devices", "no-such", "-o", form}).code, ExitCode::not_found);
    EXPECT_EQ(run({"device", "show", "no-such", "-o", form}).code, ExitCode::not_found);
    EXPECT_EQ(run({"device", "delete", "no-such", "-o", form}).code, ExitCode::not_found);
    EXPECT_EQ(run({"device", "connection-string", "no-such", "-o", form}).code, ExitCode::not_found);
    EXPECT_EQ(run({"twin", "show", "no-such", "-o", form}).code, ExitCode::not_found);
    EXPECT_EQ(run({"twin", "update", "no-such", "--tags", "{}", "-o", form}).code, ExitCode::not_found);
    EXPECT_EQ(run({"sas-token", "--device", "no-such", "-o", form}).code, ExitCode::not_found);
  }
}

TEST_F(ExitCodes, DeniedByAWrongKey) {
  const Outcome outcome = run({"job", "list", "-o", "json"}, {.env = {{"IOTHUB_CONNECTION_STRING", wrong_key}}});

  EXPECT_EQ(outcome.code, ExitCode::denied);
  EXPECT_THAT(hub_.requests, SizeIs(1));  // asking again would change nothing
}

TEST_F(ExitCodes, ConflictWhenTheTwinHasMovedOn) {
  hub_.create_device("pump-1");

  EXPECT_EQ(run({"twin", "update", "pump-1", "--tags", R"({"a":1})", "--etag", "b2xk"}).code, ExitCode::conflict);
}

TEST_F(ExitCodes, UnavailableWhenThrottledPastTheBudgetAndSaysSoOnce) {
  hub_.answer(100, {.status = 429, .headers = {}, .body = R"({"Message":"ErrorCode:ThrottlingException"})"});

  const Outcome outcome = run({"job", "list"});

  EXPECT_EQ(outcome.code, ExitCode::unavailable);
  EXPECT_THAT(outcome.err, testing::StartsWith("fwctl: throttled (HTTP 429), waiting 10s\nfwctl: Throttling"));
  EXPECT_GE(hub_.clock.uptime(), std::chrono::seconds{60});
}

TEST_F(ExitCodes, UnavailableWhenUnreachableForTheTimeout) {
  hub_.refuse(100);

  EXPECT_EQ(run({"job", "list", "--timeout", "2s"}).code, ExitCode::unavailable);
  EXPECT_LE(hub_.clock.uptime(), std::chrono::seconds{2});
}

TEST_F(ExitCodes, NoTryTakesLongerThanTheUserAllows) {
  using std::chrono::seconds;
  run({"job", "list"});
  run({"job", "list", "--request-timeout", "5s"});
  run({"job", "list", "--timeout", "3s"});

  EXPECT_THAT(hub_.timeouts, testing::ElementsAre(seconds{60}, seconds{5}, seconds{3}));
}

TEST_F(ExitCodes, UnavailableWhenTheDailyQuotaIsUsedUp) {
  hub_.answer(1, {.status = 403, .headers = {{"iothub-errorcode", "IotHubQuotaExceeded"}}, .body = "{}"});

  EXPECT_EQ(run({"job", "list"}).code, ExitCode::unavailable);
}

TEST_F(ExitCodes, InterruptedOrTerminatedBySignal) {
  hub_.clock.on_sleep = [] { throw Interrupted(); };
  hub_.answer(2, {.status = 503, .headers = {}, .body = ""});

  EXPECT_EQ(run({"job", "list"}, {.stop_signal = SIGINT}).code, ExitCode::interrupted);
  EXPECT_EQ(run({"job", "list"}, {.stop_signal = SIGTERM}).code, ExitCode::terminated);
}

TEST_F(ExitCodes, TransientTroubleIsNoTrouble) {
  hub_.answer(3, {.status = 503, .headers = {}, .body = ""});
  hub_.refuse(1);

  EXPECT_EQ(run({"job", "list"}).code, ExitCode::ok);
  EXPECT_THAT(hub_.requests, SizeIs(5));
}

TEST_F(ExitCodes, QuietSilencesNotices) {
  hub_.answer(1, {.status = 503, .headers = {}, .body = ""});

  EXPECT_EQ(run({"job", "list", "-q"}).err, "");
}

TEST_F(ExitCodes, VerboseLogsRequestsWithoutSecrets) {
  const std::string err = run({"job", "list", "-vv"}).err;

  EXPECT_THAT(err, HasSubstr("GET /jobs/v2/query"));
  EXPECT_THAT(err, testing::Not(HasSubstr("SharedAccessSignature")));
}

}  // namespace
}  // namespace fwctl::cli
