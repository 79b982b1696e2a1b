#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/run_fwctl.hpp"

namespace fwctl::cli {
namespace {

using test::FlakyHub;
using test::Outcome;
using test::run_fwctl;
using testing::HasSubstr;
using Json = test::HubFixture::Json;

class Twins : public testing::Test {
 protected:
  Twins() { hub_.create_device("a", {{"site", "munich"}}); }

  Outcome run(const std::vector<std::string>& arguments, const test::Setup& setup = {}) {
    return run_fwctl(hub_, arguments, setup);
  }

  FlakyHub hub_;
};

TEST_F(Twins, AreShownUnchanged) {
  EXPECT_EQ(run({"twin", "show", "a", "-o", "json"}).json().at("twin"), hub_.twin("a"));
  EXPECT_THAT(run({"twin", "show", "a"}).out, HasSubstr(R"(TAGS           {"site":"munich"})"));
}

TEST_F(Twins, AreChangedInPart) {
  const Outcome outcome = run({"twin", "update", "a", "--desired", R"({"n":1})", "--tags", R"({"on":true})"});

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_EQ(hub_.twin("a").at("tags"), Json({{"site", "munich"}, {"on", true}}));
  EXPECT_EQ(hub_.twin("a").at("properties").at("desired").at("n"), 1);
}

TEST_F(Twins, TakeAPatchFromStandardInput) {
  EXPECT_EQ(run({"twin", "update", "a", "--patch", "-"}, {.input = R"({"tags":{"site":null}})"}).code, ExitCode::ok);

  EXPECT_FALSE(hub_.twin("a").value("tags", Json::object()).contains("site"));
}

TEST_F(Twins, AreChangedOnlyByTheirEtag) {
  const std::string etag = hub_.twin("a").at("etag");

  EXPECT_EQ(run({"twin", "update", "a", "--tags", R"({"n":1})", "--etag", etag}).code, ExitCode::ok);

  const Outcome late = run({"twin", "update", "a", "--tags", R"({"n":2})", "--etag", etag});
  EXPECT_EQ(late.code, ExitCode::conflict);
  EXPECT_EQ(hub_.twin("a").at("tags").at("n"), 1);
  const std::string now = hub_.twin("a").at("etag");
  EXPECT_THAT(late.err, HasSubstr(fmt::format("twin a has moved on: its etag is {} (version 4), not {}", now, etag)));
  EXPECT_THAT(late.err, HasSubstr("hint: look at it, fwctl twin show a, and repeat the change with --etag " + now));
}

TEST_F(Twins, TakeAnEtagInQuotesButNothingThatIsNone) {
  const std::string etag = hub_.twin("a")["etag"];
  EXPECT_EQ(run_fwctl(hub_, {"twin", "update", "a", "--tags", R"({"x":1})", "--etag", '"' + etag + '"'}).code,
            ExitCode::ok);
  hub_.requests.clear();
  for (const char* wrong : {"x\r\nX-Evil: 1", "a b", "a\"b", "\xC3\xA4"}) {
    EXPECT_EQ(run_fwctl(hub_, {"twin", "update", "a", "--tags", "{}", "--etag", wrong}).code, ExitCode::usage) << wrong;
  }
  EXPECT_TRUE(hub_.requests.empty());
}

TEST_F(Twins, AreChangedOnceByTheirEtagWhenTheAnswerIsLost) {
  const std::string etag = hub_.twin("a").at("etag");
  hub_.lose_next_answer();

  const Outcome outcome = run({"twin", "update", "a", "--tags", R"({"n":1,"site":null})", "--etag", etag});
  EXPECT_EQ(outcome.code, ExitCode::ok);
  EXPECT_EQ(hub_.twin("a").at("tags"), Json({{"n", 1}}));
  EXPECT_THAT(outcome.err, HasSubstr("an answer was lost; twin a holds this very change"));
}

TEST_F(Twins, ThatSomebodyElseChangedMeanwhileAreAConflictAlsoAfterTrouble) {
  const std::string etag = hub_.twin("a").at("etag");
  hub_.call("PATCH", "/twins/a", {{"tags", {{"n", 2}}}});
  hub_.answer(1, {.status = 503, .headers = {}, .body = ""});

  EXPECT_EQ(run({"twin", "update", "a", "--tags", R"({"n":1})", "--etag", etag}).code, ExitCode::conflict);
}

TEST_F(Twins, AreNotAskedToBecomeNonsense) {
  EXPECT_EQ(run({"twin", "update", "a"}).code, ExitCode::usage);
  EXPECT_EQ(run({"twin", "update", "a", "--tags", "{"}).code, ExitCode::usage);
  EXPECT_EQ(run({"twin", "update", "a", "--tags", "{}", "--patch", "-"}, {.input = "{}"}).code, ExitCode::usage);
  EXPECT_EQ(run({"twin", "update", "a", "--patch", "/nonexistent/file"}).code, ExitCode::usage);
  EXPECT_EQ(run({"twin", "update", "a", "--patch", "/"}).code, ExitCode::usage);
  EXPECT_EQ(run({"twin", "update", "a", "--patch", "/dev/null"}).code, ExitCode::usage);
  EXPECT_TRUE(hub_.requests.empty());
}

}  // namespace
}  // namespace fwctl::cli
