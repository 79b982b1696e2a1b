#include <gtest/gtest.h>

#include <sstream>

#include "cmd/fwctl/output/output.hpp"
#include "cmd/fwctl/output/text.hpp"
#include "tests/support/run_fwctl.hpp"

namespace fwctl::cli {
namespace {

using Json = nlohmann::ordered_json;

TEST(Printable, KeepsTextAndWritesOutTheRest) {
  EXPECT_EQ(printable("Kälte 冷 ☃ 🧊"), "Kälte 冷 ☃ 🧊");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\u0000b");
  EXPECT_EQ(printable("\x7f\xc2\x9b"
                      "1m"),
            "\\u007f\\u009b1m");
  EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");
}

TEST(Tables, AlignByCharactersNotBytes) {
  std::ostringstream out;
  TableWriter writer({{"NAME", "/name"}, {"N", "/n"}});

  writer.write(out, {Json{{"name", "Kälte"}, {"n", 1}}, Json{{"name", "x"}, {"n", nullptr}}});

  EXPECT_EQ(out.str(),
            "NAME   N\n"
            "Kälte  1\n"
            "x      -\n");
}

TEST(Tables, OfLaterPagesStayAsWideAndHaveNoSecondTitle) {
  std::ostringstream out;
  TableWriter writer({{"NAME", "/name"}, {"N", "/n"}});

  writer.write(out, {Json{{"name", "long-name"}, {"n", 1}}});
  writer.write(out, {Json{{"name", "x"}, {"n", 2}}});

  EXPECT_EQ(out.str(),
            "NAME       N\n"
            "long-name  1\n"
            "x          2\n");
}

TEST(Cells, ShowTheHubsNeverAsAWord) {
  EXPECT_EQ(cell_text(Json{{"at", "0001-01-01T00:00:00Z"}}, "/at"), "never");
  EXPECT_EQ(cell_text(Json{{"at", ""}}, "/at"), "-");
  EXPECT_EQ(cell_text(Json{{"deep", {{"list", {1, 2}}}}}, "/deep"), R"({"list":[1,2]})");
  EXPECT_EQ(cell_text(Json{{"text", "no object"}}, "/text/deeper"), "-");
}

TEST(Output, ThatNobodyTakesIsAFailure) {
  struct Full : std::streambuf {
    int overflow(int) override { return traits_type::eof(); }
  } full;
  std::ostream out(&full);
  std::ostringstream err;
  std::istringstream in;
  test::FakeClock clock;
  World world{out, err, in, clock, [](const std::string&) { return std::nullopt; }, {}, {}, {}, [] { return 0; }, {}};

  const std::string told = "fwctl: standard output was closed or full before everything was written\n";

  EXPECT_EQ(run_app({"version"}, world), ExitCode::failed);
  EXPECT_EQ(err.str(), told);
  EXPECT_EQ(run_app({"--help"}, world), ExitCode::failed);
  EXPECT_EQ(err.str(), told + told);
}

}  // namespace
}  // namespace fwctl::cli
