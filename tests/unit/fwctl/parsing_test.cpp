#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cmd/fwctl/options.hpp"
#include "fwctl/base/error.hpp"
#include "tests/support/run_fwctl.hpp"

namespace fwctl::cli {
namespace {

using test::FlakyHub;
using test::Outcome;
using test::run_fwctl;
using testing::HasSubstr;
using testing::Not;

class Parsing : public testing::Test {
 protected:
  /// The line is wrong: code 2, nothing on stdout, nothing sent.
  std::string refusal(const std::vector<std::string>& arguments, std::map<std::string, std::string> env = {}) {
    const Outcome outcome = run_fwctl(hub_, arguments, {.env = std::move(env)});
    EXPECT_EQ(outcome.code, ExitCode::usage);
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(hub_.requests.empty());
    return outcome.err;
  }

  FlakyHub hub_;
};

TEST_F(Parsing, SuggestsTheCommandThatWasMeant) {
  EXPECT_EQ(refusal({"jbo", "list"}), "fwctl: unknown command 'jbo'\nhint: did you mean job?\n");
  EXPECT_EQ(refusal({"job", "lsit"}), "fwctl: unknown command 'lsit'\nhint: did you mean list?\n");
  EXPECT_EQ(refusal({"frobnicate"}), "fwctl: unknown command 'frobnicate'\nhint: see fwctl --help\n");
}

TEST_F(Parsing, SuggestsTheFlagThatWasMeant) {
  EXPECT_EQ(refusal({"job", "list", "--statsu", "failed"}),
            "fwctl: unknown flag '--statsu'\nhint: did you mean --status?\n");
  EXPECT_EQ(refusal({"--outptu=json", "job", "list"}),
            "fwctl: unknown flag '--outptu'\nhint: did you mean --output?\n");
}

TEST_F(Parsing, NamesWhatIsMissingOrTooMuch) {
  EXPECT_EQ(refusal({"job", "show"}), "fwctl: JOB is required\nhint: see fwctl job show --help\n");
  EXPECT_EQ(refusal({"job"}), "fwctl: needs a command: list, show, cancel, devices\nhint: see fwctl job --help\n");
  EXPECT_EQ(refusal({"job", "show", "a", "b"}), "fwctl: unexpected argument 'b'\nhint: see fwctl job show --help\n");
  EXPECT_THAT(refusal({"job", "list", "--limit"}), HasSubstr("--limit"));
}

TEST_F(Parsing, RefusesValuesThatMakeNoSense) {
  EXPECT_EQ(refusal({"job", "list", "--limit", "0"}), "fwctl: --limit takes a number from 1 to 1000000000, not '0'\n");
  EXPECT_EQ(refusal({"job", "list", "--timeout", "5"}),
            "fwctl: --timeout takes a duration such as 5s, 10m or 1h, not '5'\n");
  EXPECT_THAT(refusal({"job", "list", "--timeout", "0s"}), HasSubstr("--timeout takes a duration"));
  EXPECT_THAT(refusal({"job", "list", "--timeout", "99999999h"}), HasSubstr("--timeout takes a duration"));
  EXPECT_EQ(refusal({"version", "-o", "xml"}), "fwctl: --output takes one of table, json, jsonl, tsv, not 'xml'\n");
}

TEST_F(Parsing, RepeatsNoSecretAndNoControlCharacters) {
  EXPECT_THAT(refusal({"HostName=h;SharedAccessKey=c2VjcmV0"}), Not(HasSubstr("c2VjcmV0")));
  EXPECT_THAT(refusal({"job", "\x1b[2J"}), Not(HasSubstr("\x1b")));
}

TEST_F(Parsing, TakesFlagsFromTheEnvironmentUnlessTheLineHasThem) {
  const std::map<std::string, std::string> env{{"FWCTL_OUTPUT", "json"}};

  EXPECT_THAT(run_fwctl(hub_, {"version"}, {.env = env}).out, HasSubstr("schemaVersion"));
  EXPECT_THAT(run_fwctl(hub_, {"version", "-o", "tsv"}, {.env = env}).out, Not(HasSubstr("schemaVersion")));
}

TEST_F(Parsing, TakesRequiredAndRepeatedFlagsFromTheEnvironment) {
  hub_.create_device("a");
  hub_.create_device("b");

  const Outcome outcome = run_fwctl(
      hub_, {"schedule", "--check-value", "1", "--dry-run", "-o", "json"},
      {.env = {
           {"FWCTL_FW_VERSION", "2.8.5"}, {"FWCTL_PACKAGE_URI", "https://fw.contoso.com/p"}, {"FWCTL_DEVICE", "a b"}}});

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("2.8.5"));
  EXPECT_THAT(outcome.out, HasSubstr("['a', 'b']"));
}

TEST_F(Parsing, NamesTheVariableWhoseValueMakesNoSense) {
  EXPECT_THAT(refusal({"job", "list"}, {{"FWCTL_LIMIT", "many"}}), HasSubstr("FWCTL_LIMIT"));
  EXPECT_THAT(refusal({"version"}, {{"FWCTL_QUIET", "perhaps"}}), HasSubstr("FWCTL_QUIET"));
}

TEST_F(Parsing, LeavesVariablesOfOtherCommandsAlone) {
  EXPECT_EQ(run_fwctl(hub_, {"version"}, {.env = {{"FWCTL_LIMIT", "many"}}}).code, ExitCode::ok);
}

TEST(ParseWhen, ReadsMomentsAndDistances) {
  const Time now = *parse_iso8601("2026-01-01T00:00:00Z");

  EXPECT_EQ(parse_when("+2h", now, "--start-at"), now + std::chrono::hours{2});
  EXPECT_EQ(parse_when("2026-01-02T00:00:00+01:00", now, "--start-at"), now + std::chrono::hours{23});
  EXPECT_THROW(parse_when("tomorrow", now, "--start-at"), UsageError);
  EXPECT_THROW(parse_when("+2562047788015h", now, "--start-at"), UsageError);
  EXPECT_THROW(parse_when("+tomorrow", now, "--start-at"), UsageError);
  EXPECT_THROW(parse_when("", now, "--start-at"), UsageError);
}

}  // namespace
}  // namespace fwctl::cli
