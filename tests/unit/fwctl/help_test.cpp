#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include <fstream>
#include <iterator>
#include <sstream>

#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/help_topics.hpp"
#include "cmd/fwctl/output/text.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/run_fwctl.hpp"

namespace fwctl::cli {
namespace {

using test::FlakyHub;
using test::Outcome;
using test::run_fwctl;

const test::Setup no_hub{.env = {{"IOTHUB_CONNECTION_STRING", ""}}};

std::vector<std::string> words_of(const std::string& name) {
  std::istringstream in(name);
  return {std::istream_iterator<std::string>(in), {}};
}

/// Runs without a hub: nothing but a text, on stdout, that fits a terminal of 80 columns.
std::string text_of(const std::vector<std::string>& arguments) {
  FlakyHub hub;
  const Outcome outcome = run_fwctl(hub, arguments, no_hub);
  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  EXPECT_TRUE(hub.requests.empty());
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(width_of(line), 80U) << line;
  return outcome.out;
}

/// `COMMAND --help` and `help COMMAND`: the same text, which is kept in a file.
void expect_help(const std::string& command) {
  std::vector<std::string> asked = words_of(command);
  asked.emplace_back("--help");
  std::vector<std::string> helped = words_of(command);
  helped.emplace(helped.begin(), "help");
  std::string file = command.empty() ? "fwctl" : command;
  std::replace(file.begin(), file.end(), ' ', '_');

  const std::string text = text_of(asked);

  EXPECT_EQ(text_of(helped), text);
  test::expect_golden("help/" + file + ".txt", text);
}

TEST(Help, OfTheProgramListsWhatThereIs) { expect_help(""); }

TEST(Help, OfANounListsItsCommands) {
  for (const Noun& noun : nouns()) expect_help(noun.name);
}

TEST(Help, OfEachCommandHasASummaryOfOneLineAndAnExample) {
  for (const Command& command : commands()) {
    SCOPED_TRACE(command.name);
    EXPECT_LE(command.name.size() + command.summary.size(), 74U);
    EXPECT_THAT(command.summary, testing::Not(testing::EndsWith(".")));
    EXPECT_NE(command.example.find("fwctl " + command.name), std::string::npos);
    expect_help(command.name);
  }
}

TEST(Help, OfHelpIsThereToo) { EXPECT_THAT(text_of({"help", "--help"}), testing::HasSubstr("fwctl help exit-codes")); }

TEST(Help, IsTextWhateverTheForm) {
  EXPECT_EQ(text_of({"help", "job", "-o", "json"}), text_of({"help", "job"}));
  EXPECT_EQ(text_of({"--timeout", "5s", "help", "quotas"}), text_of({"help", "quotas"}));
}

TEST(HelpTopics, AreWhatTheyWere) {
  for (const HelpTopic& topic : help_topics())
    test::expect_golden("help/topic_" + topic.name + ".txt", text_of({"help", topic.name}));
}

/// The cells of the README's table below a heading, without the marks of code; the titles are no row.
std::vector<std::pair<std::string, std::string>> readme_table(const std::string& heading) {
  std::ifstream readme(FWCTL_README);
  std::string line;
  while (std::getline(readme, line) && line != "## " + heading) continue;
  std::vector<std::pair<std::string, std::string>> rows;
  while (std::getline(readme, line) && !line.starts_with("## ")) {
    if (!line.starts_with("| ") || line.starts_with("| ---")) continue;
    std::erase(line, '`');
    const auto bar = line.find(" | ");
    rows.emplace_back(line.substr(2, bar - 2), line.substr(bar + 3, line.size() - bar - 5));
  }
  rows.erase(rows.begin());
  return rows;
}

TEST(Readme, HasTheExitCodesOfTheProgram) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const ExitCodeMeaning& row : exit_code_table) {
    rows.emplace_back(std::to_string(static_cast<int>(row.code)), row.meaning);
  }

  EXPECT_EQ(readme_table("Exit codes"), rows);
}

TEST(Readme, HasTheEnvironmentOfTheProgramAndThenThatOfTheOthers) {
  auto rows = readme_table("Environment");
  ASSERT_GE(rows.size(), environment_table.size());
  rows.resize(environment_table.size());
  std::vector<std::pair<std::string, std::string>> expected;
  for (const Variable& row : environment_table) expected.emplace_back(row.name, row.meaning);

  EXPECT_EQ(rows, expected);
}

TEST(HelpTopics, NameEveryExitCodeAndEveryLimit) {
  const std::string text = text_of({"help", "exit-codes"});
  for (const ExitCodeMeaning& row : exit_code_table) {
    EXPECT_THAT(text, testing::HasSubstr(" " + std::to_string(static_cast<int>(row.code)) + "  "));
  }
  EXPECT_THAT(text_of({"help", "quotas"}), testing::ContainsRegex("S1 +20 +6000 +3000 +100 +100\n"));
}

TEST(Version, IsToldByFlagAndByCommand) {
  FlakyHub hub;

  EXPECT_EQ(run_fwctl(hub, {"--version"}).out, "fwctl " FWCTL_TEST_VERSION "\n");
  EXPECT_EQ(run_fwctl(hub, {"version"}).out, "fwctl " FWCTL_TEST_VERSION "\n");
  EXPECT_EQ(run_fwctl(hub, {"version", "-o", "json"}).json().at("version"), FWCTL_TEST_VERSION);
}

}  // namespace
}  // namespace fwctl::cli
