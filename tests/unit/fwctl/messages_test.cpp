#include "cmd/fwctl/messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "fwctl/base/url.hpp"
#include "tests/support/run_fwctl.hpp"

namespace fwctl::cli {
namespace {

using test::FlakyHub;
using test::Outcome;
using test::run_fwctl;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using Json = test::HubFixture::Json;

/// Every line of stderr as JSON: throws when one is none.
std::vector<Json> lines_of(const std::string& err) {
  std::vector<Json> lines;
  std::istringstream in(err);
  for (std::string line; std::getline(in, line);) lines.push_back(Json::parse(line));
  return lines;
}

class Stderr : public testing::Test {
 protected:
  std::string err_of(std::vector<std::string> arguments, test::Setup setup = {}) {
    const Outcome outcome = run_fwctl(hub_, arguments, setup);
    code_ = outcome.code;
    return outcome.err;
  }
  std::vector<Json> json_of(std::vector<std::string> arguments, test::Setup setup = {}) {
    arguments.insert(arguments.begin(), {"--log-format", "json"});
    return lines_of(err_of(std::move(arguments), std::move(setup)));
  }
  void trouble() { hub_.answer(1, {.status = 503, .headers = {}, .body = ""}); }

  FlakyHub hub_;
  ExitCode code_ = ExitCode::ok;
};

TEST_F(Stderr, IsEmptyWhenThereIsNothingToSay) { EXPECT_EQ(err_of({"job", "list", "-o", "json"}), ""); }

TEST_F(Stderr, HasNoticesAndNoRequestsByDefault) {
  trouble();

  EXPECT_EQ(err_of({"job", "list", "-o", "json"}), "fwctl: HTTP 503, waiting 1s\n");
}

TEST_F(Stderr, HasNoNoticeWhenQuiet) {
  trouble();
  EXPECT_EQ(err_of({"job", "list", "-q"}), "");
  EXPECT_EQ(err_of({"job", "list", "-q", "--connection-string", hub_.connection_string()}), "");
}

TEST_F(Stderr, TellsErrorsEvenWhenQuiet) {
  EXPECT_EQ(err_of({"job", "show", "a", "-q"}), "fwctl: no job a\nhint: fwctl job list shows what there is\n");
  EXPECT_EQ(code_, ExitCode::not_found);
}

TEST_F(Stderr, HasALineForEachTryWhenVerbose) {
  trouble();
  const std::string err = err_of({"job", "list", "-o", "json", "-v"});

  EXPECT_THAT(err, testing::ContainsRegex("Z GET /jobs/v2/query\\?[^ ]* 503 0 ms\n"));
  EXPECT_THAT(err, HasSubstr("fwctl: HTTP 503, waiting 1s\n"));
  EXPECT_THAT(err, testing::ContainsRegex("Z GET /jobs/v2/query\\?[^ ]* 200 0 ms\n"));
  EXPECT_THAT(err, Not(HasSubstr("> ")));
}

TEST_F(Stderr, HasHeadersButNoTokenWhenVeryVerbose) {
  const std::string err = err_of({"job", "list", "-vv"});

  EXPECT_THAT(err, HasSubstr("GET /jobs/v2/query"));
  EXPECT_THAT(err, HasSubstr("> x-ms-max-item-count: 100\n"));
  EXPECT_THAT(err, HasSubstr("< Content-Type: application/json"));
  EXPECT_THAT(err, Not(HasSubstr("SharedAccessSignature")));
}

TEST_F(Stderr, ShowsNoSecretThatComesBack) {
  const std::string key = test::HubFixture::key;
  hub_.answer(1, {.status = 400,
                  .headers = {{"iothub-errorcode", "sig=c2Vj"}, {"ETag", "SharedAccessSignature sig=c2Vj&se=1"}},
                  .body = "you sent " + key + " and " + percent_encode(key)});

  EXPECT_THAT(err_of({"job", "list", "-vv"}), AllOf(Not(HasSubstr("c2Vj")), Not(HasSubstr(key)),
                                                    Not(HasSubstr(percent_encode(key))), HasSubstr("you sent ***")));
}

TEST_F(Stderr, HasTheLogWithoutNoticesWhenVerboseAndQuiet) {
  trouble();
  const std::string err = err_of({"job", "list", "-q", "-v"});

  EXPECT_THAT(err, HasSubstr(" 503 0 ms\n"));
  EXPECT_THAT(err, Not(HasSubstr("waiting")));
}

TEST_F(Stderr, AsJsonSaysOfATryWhatACollectorAsksFor) {
  hub_.answer(1, {.status = 503, .headers = {{"iothub-errorcode", "ServerBusy"}}, .body = ""});
  const auto lines = json_of({"job", "show", "a", "-v"});

  ASSERT_THAT(lines, SizeIs(5));  // a try, the notice of a repeat, another try, a look for parts, the error
  EXPECT_EQ(lines[0].at("level"), "info");
  EXPECT_EQ(lines[0].at("time"), "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(lines[0].at("method"), "GET");
  EXPECT_EQ(lines[0].at("path"), "/jobs/v2/a");
  EXPECT_EQ(lines[0].at("status"), 503);
  EXPECT_EQ(lines[0].at("milliseconds"), 0);
  EXPECT_EQ(lines[0].at("errorCode"), "ServerBusy");
  EXPECT_EQ(lines[1].at("level"), "notice");
  EXPECT_EQ(lines[1].at("message"), "HTTP 503, waiting 1s");
  EXPECT_EQ(lines[2].at("status"), 200);  // so does a hub say that there is no such job
  EXPECT_EQ(lines[4].at("level"), "error");
  EXPECT_EQ(lines[4].at("message"), "no job a");
  EXPECT_EQ(lines[4].at("hint"), "fwctl job list shows what there is");
  EXPECT_EQ(lines[4].at("exitCode"), 3);
}

TEST_F(Stderr, AsJsonHasHeadersAsDebugLines) {
  const auto lines = json_of({"job", "list", "-vv"});

  EXPECT_EQ(lines.front().at("level"), "debug");
  EXPECT_FALSE(lines.front().contains("status"));
}

TEST_F(Stderr, AsJsonIsJsonEvenForALineThatMakesNoSense) {
  for (const auto& flags : std::vector<std::vector<std::string>>{{"--log-format", "json"}, {"--log-format=json"}}) {
    std::vector<std::string> arguments{"jbo", "list"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    const auto lines = lines_of(err_of(arguments));

    ASSERT_THAT(lines, SizeIs(1));
    EXPECT_EQ(lines[0].at("hint"), "did you mean job?");
    EXPECT_EQ(lines[0].at("exitCode"), 2);
  }
  EXPECT_THAT(lines_of(err_of({"jbo"}, {.env = {{"FWCTL_LOG_FORMAT", "json"}}})), SizeIs(1));
  EXPECT_THAT(err_of({"jbo", "--log-format", "text"}, {.env = {{"FWCTL_LOG_FORMAT", "json"}}}),
              testing::StartsWith("fwctl: "));
}

TEST_F(Stderr, AsJsonIsSilencedLikeText) {
  trouble();
  EXPECT_THAT(json_of({"job", "list", "-q"}), IsEmpty());
}

TEST_F(Stderr, AsJsonIsWhatAWatchOnATerminalWritesToo) {
  hub_.create_device("a");
  run_fwctl(hub_, {"schedule", "--fw-version", "1", "--package-uri", "https://h/p", "--check-value", "1", "--device",
                   "a", "--job-id", "job"});

  const auto lines = json_of({"monitor", "job", "--until", "written"}, {.terminal = {true, true, 80}});

  EXPECT_EQ(code_, ExitCode::ok);
  EXPECT_THAT(lines, Not(IsEmpty()));
}

TEST_F(Stderr, AsJsonIsPlainAsciiWhateverItQuotes) {
  std::ostringstream err;
  test::FakeClock clock;
  Messages messages(err, clock, LogFormat::json);

  messages.error("\x1b[2J {} \xc2\x9b \xff é\n", {}, ExitCode::failed);

  EXPECT_THAT(lines_of(err.str()), SizeIs(1));
  EXPECT_THAT(err.str().substr(0, err.str().size() - 1), Each(testing::AllOf(testing::Ge(' '), testing::Le('~'))));
}

}  // namespace
}  // namespace fwctl::cli
