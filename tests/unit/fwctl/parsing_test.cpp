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

/// A line that makes no sense, and all that is said about it.
struct Mistake {
  std::vector<std::string> line;
  std::string error;
  std::string hint;
};

class Mistakes : public Parsing {
 protected:
  void expect(const std::vector<Mistake>& mistakes) {
    for (const Mistake& mistake : mistakes) {
      SCOPED_TRACE(testing::PrintToString(mistake.line));
      EXPECT_EQ(refusal(mistake.line), "fwctl: " + mistake.error + "\nhint: " + mistake.hint + "\n");
    }
  }
};

TEST_F(Mistakes, InCommandsAreMet) {
  expect({
      {{"jbo", "list"}, "unknown command 'jbo'", "did you mean job?"},
      {{"JOB", "list"}, "unknown command 'JOB'", "did you mean job?"},
      {{"sched"}, "unknown command 'sched'", "did you mean schedule?"},
      {{"list"}, "unknown command 'list'", "did you mean job list or device list?"},
      {{"devices", "list"}, "unknown command 'devices'", "did you mean device?"},
      {{"frobnicate"}, "unknown command 'frobnicate'", "see fwctl --help"},
      {{"--timeout", "1h", "jbo"}, "unknown command 'jbo'", "did you mean job?"},
      {{"jbo", "--help"}, "unknown command 'jbo'", "did you mean job?"},
      {{""}, "unknown command ''", "see fwctl --help"},
      {{"-"}, "unknown command '-'", "see fwctl --help"},
      {{"job", "lsit"}, "unknown command 'lsit'", "did you mean list?"},
      {{"job", "job"}, "unknown command 'job'", "see fwctl job --help"},
      {{"twin", "delete", "a"}, "unknown command 'delete'", "see fwctl twin --help"},
      {{"job"}, "needs a command: list, show, cancel, devices", "see fwctl job --help"},
      {{"job", "-o", "json"}, "needs a command: list, show, cancel, devices", "see fwctl job --help"},
  });
  EXPECT_THAT(refusal({}), testing::StartsWith("fwctl: needs a command: schedule, monitor, "));
  EXPECT_THAT(refusal({"--"}), testing::StartsWith("fwctl: needs a command: schedule, monitor, "));
}

TEST_F(Mistakes, InFlagsAreMet) {
  expect({
      {{"job", "list", "--statsu", "failed"}, "unknown flag '--statsu'", "did you mean --status?"},
      {{"job", "list", "--statsu=failed"}, "unknown flag '--statsu'", "did you mean --status?"},
      {{"--outptu=json", "job", "list"}, "unknown flag '--outptu'", "did you mean --output?"},
      {{"version", "--Output", "json"}, "unknown flag '--Output'", "did you mean --output?"},
      {{"version", "--out", "json"}, "unknown flag '--out'", "did you mean --output?"},
      {{"version", "-x"}, "unknown flag '-x'", "see fwctl version --help"},
      {{"version", "--frobnicate"}, "unknown flag '--frobnicate'", "see fwctl version --help"},
      {{"schedule", "--version", "2.8.5"}, "unknown flag '--version'", "did you mean --fw-version?"},
      {{"status", "--version=2"}, "unknown flag '--version'", "see fwctl status --help"},
      {{"job", "list", "--version"}, "unknown flag '--version'", "see fwctl job list --help"},
      {{"--version", "x"}, "unknown command 'x'", "see fwctl --help"},
      {{"schedule", "--fw-verzion", "2.8.5"}, "unknown flag '--fw-verzion'", "did you mean --fw-version?"},
      {{"job", "--limit", "5", "list"},
       "--limit stands before the command that it belongs to",
       "write fwctl job list --limit …"},
      {{"job", "show", "a", "-5"}, "unknown flag '-5'", "see fwctl job show --help"},
  });
}

TEST_F(Mistakes, InTopicsAndSchemasAreMet) {
  expect({
      {{"help", "exit-code"}, "unknown command or topic 'exit-code'", "did you mean exit-codes?"},
      {{"help", "env"}, "unknown command or topic 'env'", "did you mean environment?"},
      {{"help", "nonsense"}, "unknown command or topic 'nonsense'", "see fwctl --help"},
      {{"help", "jbo"}, "unknown command or topic 'jbo'", "did you mean job?"},
      {{"help", "job", "lst"}, "unknown command 'lst'", "did you mean list?"},
      {{"help", "job", "list", "all"}, "unexpected argument 'all'", "see fwctl job list --help"},
      {{"help", "quotas", "all"}, "unknown command or topic 'quotas'", "did you mean quotas?"},
      {{"schema", "jbo"}, "unknown schema 'jbo'", "did you mean job?"},
      {{"schema", "nonsense"}, "unknown schema 'nonsense'", "fwctl schema lists what there is"},
      {{"schema", "job", "twin"}, "unexpected argument 'twin'", "see fwctl schema --help"},
  });
}

TEST_F(Mistakes, InWhatIsMissingOrTooMuchAreMet) {
  expect({
      {{"job", "show"}, "JOB is required", "see fwctl job show --help"},
      {{"query"}, "SQL is required", "see fwctl query --help"},
      {{"device", "create"}, "ID is required", "see fwctl device create --help"},
      {{"schedule"}, "--fw-version is required", "see fwctl schedule --help"},
      {{"job", "show", "a", "b"}, "unexpected argument 'b'", "see fwctl job show --help"},
      {{"job", "list", "--", "--limit"}, "unexpected argument '--limit'", "see fwctl job list --help"},
      {{"job", "list", "--limit"}, "--limit needs a value: N", "see fwctl job list --help"},
      {{"job", "list", "--limit="}, "--limit needs a value: N", "see fwctl job list --help"},
      {{"job", "list", "--limit", "--status", "failed"}, "--limit needs a value: N", "see fwctl job list --help"},
      {{"schedule", "--where", "--dry-run"}, "--where needs a value: COND", "see fwctl schedule --help"},
      {{"schedule", "--where", "--"}, "--where needs a value: COND", "see fwctl schedule --help"},
      {{"schedule", "--device"}, "--device needs a value: ID", "see fwctl schedule --help"},
      {{"version", "-o"}, "--output needs a value: FORM", "see fwctl version --help"},
      {{"status", "--once=yes"}, "--once takes no value", "see fwctl status --help"},
      {{"status", "--once="}, "--once takes no value", "see fwctl status --help"},
      {{"-q=false", "version"}, "-q takes no value", "see fwctl version --help"},
  });
}

TEST_F(Mistakes, InValuesAreMet) {
  const std::string forms = "--output takes one of table, json, jsonl, tsv, not ";
  const std::string numbers = "--limit takes a number from 1 to 1000000000, not ";
  const std::string empty = "leave it out, or set the variable that it was taken from";
  const std::string durations = "--timeout takes a duration such as 5s, 10m or 1h, not ";
  const std::string see = "see fwctl job list --help";
  expect({
      {{"version", "-o", "jsn"}, forms + "'jsn'", "did you mean json?"},
      {{"version", "-o=json"}, forms + "'=json'", "did you mean json?"},
      {{"version", "-o", "JSON"}, forms + "'JSON'", "did you mean json?"},
      {{"version", "-o", "xml"}, forms + "'xml'", "see fwctl version --help"},
      {{"version", "-o", ""}, "--output is empty", empty},
      {{"sas-token", "--device", ""}, "--device is empty", empty},
      {{"twin", "update", "a", "--tags", "{}", "--etag", ""}, "--etag is empty", empty},
      {{"job", "cancel", ""}, "JOB is empty", empty},
      {{"device", "create", "a", ""}, "ID is empty", empty},
      {{"job", "list", "--timeout", "100000h"},
       "--timeout of '100000h' is longer than ten years",
       "see fwctl job list --help"},
      {{"query", "\xff"}, "an argument is not UTF-8: '\\xff'", "write it in UTF-8"},
      {{"version", "--log-format", "jsno"}, "--log-format takes one of text, json, not 'jsno'", "did you mean json?"},
      {{"job", "list", "--status", "canceled"},
       "--status takes one of enqueued, queued, scheduled, running, completed, failed, cancelled, not 'canceled'",
       "did you mean cancelled?"},
      {{"job", "list", "--limit", "0"}, numbers + "'0'", see},
      {{"job", "list", "--limit", "-5"}, numbers + "'-5'", see},
      {{"job", "list", "--limit", "1e3"}, numbers + "'1e3'", see},
      {{"job", "list", "--limit", "99999999999999999999"}, numbers + "'99999999999999999999'", see},
      {{"job", "list", "--timeout", "5"}, durations + "'5'", see},
      {{"job", "list", "--timeout", "-5s"}, durations + "'-5s'", see},
      {{"job", "list", "--timeout", "0s"}, durations + "'0s'", see},
      {{"job", "list", "--timeout", "99999999h"}, durations + "'99999999h'", see},
      {{"job", "list", "--timeout", "99999999999999999999s"}, durations + "'99999999999999999999s'", see},
      {{"job", "list", "--budget", "half"}, "--budget takes a share such as 50%, or off, not 'half'", see},
  });
}

TEST_F(Mistakes, InTheEnvironmentNameTheVariable) {
  const auto expect_in = [&](const char* name, const char* value, const std::string& told) {
    SCOPED_TRACE(name);
    EXPECT_EQ(refusal({"job", "list"}, {{name, value}}), told);
  };
  const std::string see = "\nhint: see fwctl job list --help\n";
  expect_in("FWCTL_OUTPUT", "jsn",
            "fwctl: FWCTL_OUTPUT takes one of table, json, jsonl, tsv, not 'jsn'\nhint: did you mean json?\n");
  expect_in("FWCTL_LIMIT", "many", "fwctl: FWCTL_LIMIT takes a number from 1 to 1000000000, not 'many'" + see);
  expect_in("FWCTL_TIMEOUT", "5", "fwctl: FWCTL_TIMEOUT takes a duration such as 5s, 10m or 1h, not '5'" + see);
  expect_in("FWCTL_QUIET", "perhaps", "fwctl: FWCTL_QUIET takes true or false, not 'perhaps'" + see);
  expect_in("FWCTL_TIER", "S9", "fwctl: FWCTL_TIER takes one of F1, S1, S2, S3, not 'S9'\nhint: did you mean S1?\n");
  expect_in("FWCTL_STATUS", "\xff", "fwctl: FWCTL_STATUS is not UTF-8: '\\xff'" + see);
  expect_in("FWCTL_LOG_FORMAT", "xml", "fwctl: FWCTL_LOG_FORMAT takes one of text, json, not 'xml'" + see);
}

TEST_F(Parsing, RepeatsNoSecretAndNoControlCharacters) {
  const std::string secret = "HostName=h;SharedAccessKey=c2VjcmV0";
  for (const auto& line : std::vector<std::vector<std::string>>{{secret},
                                                                {"help", secret},
                                                                {"schema", secret},
                                                                {"job", "list", secret},
                                                                {"version", "-o", secret},
                                                                {"job", "list", "--limit", secret},
                                                                {"job", "list", "--timeout", secret},
                                                                {"--" + secret, "version"}}) {
    EXPECT_THAT(refusal(line), Not(HasSubstr("c2VjcmV0"))) << testing::PrintToString(line);
  }
  EXPECT_THAT(refusal({"job", "list"}, {{"FWCTL_OUTPUT", secret}}), Not(HasSubstr("c2VjcmV0")));
  EXPECT_THAT(refusal({"job", "\x1b[2J"}), Not(HasSubstr("\x1b")));
  EXPECT_LT(refusal({std::string(1'000'000, 'x')}).size(), 500U);
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

TEST_F(Parsing, LetsAFlagOnTheLineWinOverTheVariableOfAnotherThatExcludesIt) {
  const auto dry_run = [&](const std::vector<std::string>& more, const std::map<std::string, std::string>& env) {
    std::vector<std::string> line{"schedule",    "--fw-version",  "2", "--package-uri",
                                  "https://h/p", "--check-value", "1", "--dry-run"};
    line.insert(line.end(), more.begin(), more.end());
    return run_fwctl(hub_, line, {.env = env});
  };
  EXPECT_THAT(dry_run({"--device", "a"}, {{"FWCTL_WHERE", "tags.x=1"}}).out, HasSubstr("deviceId IN ['a']"));
  EXPECT_THAT(dry_run({"--where", "tags.x=1"}, {{"FWCTL_DEVICE", "a"}}).out, HasSubstr("tags.x=1"));
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
