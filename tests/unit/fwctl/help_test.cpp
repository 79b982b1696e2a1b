#include <gtest/gtest.h>

#include <algorithm>

#include "cmd/fwctl/commands.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/run_fwctl.hpp"

namespace fwctl::cli {
namespace {

using test::FlakyHub;
using test::Outcome;
using test::run_fwctl;

/// Help needs no hub: nothing but the text, on stdout.
void expect_help(std::vector<std::string> arguments, const std::string& file) {
  FlakyHub hub;
  arguments.emplace_back("--help");

  const Outcome outcome = run_fwctl(hub, arguments, {.env = {{"IOTHUB_CONNECTION_STRING", ""}}});

  EXPECT_EQ(outcome.code, ExitCode::ok);
  EXPECT_EQ(outcome.err, "");
  test::expect_golden("help/" + file + ".txt", outcome.out);
}

TEST(Help, OfTheProgramListsWhatThereIs) { expect_help({}, "fwctl"); }

TEST(Help, OfANounListsItsCommands) { expect_help({"job"}, "job"); }

TEST(Help, OfEachCommandHasAnExample) {
  for (const Command& command : commands()) {
    const auto space = command.name.find(' ');
    std::vector<std::string> words{command.name.substr(0, space)};
    if (space != std::string::npos) words.push_back(command.name.substr(space + 1));
    std::string file = command.name;
    std::replace(file.begin(), file.end(), ' ', '_');

    EXPECT_NE(command.example.find("fwctl " + command.name), std::string::npos) << command.name;
    expect_help(words, file);
  }
}

TEST(Version, IsToldByFlagAndByCommand) {
  FlakyHub hub;

  EXPECT_EQ(run_fwctl(hub, {"--version"}).out, "fwctl " FWCTL_TEST_VERSION "\n");
  EXPECT_EQ(run_fwctl(hub, {"version"}).out, "fwctl " FWCTL_TEST_VERSION "\n");
  EXPECT_EQ(run_fwctl(hub, {"version", "-o", "json"}).json().at("version"), FWCTL_TEST_VERSION);
}

}  // namespace
}  // namespace fwctl::cli
