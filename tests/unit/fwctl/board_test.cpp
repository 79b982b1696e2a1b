#include "cmd/fwctl/output/board.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cmd/fwctl/output/text.hpp"
#include "tests/support/golden.hpp"

namespace fwctl::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

Board example() {
  return {"job fw-285 running, 3m 12s",
          {{"written", 100'000, 100'000, Tone::neutral},
           {"applied", 41'250, 100'000, Tone::good},
           {"downloading", 58'700, 100'000, Tone::busy},
           {"failed", 49, 100'000, Tone::bad},
           {"rolled back", 1, 100'000, Tone::bad}},
          {"12900 devices a minute", "about 4m 33s left, until 17:45:10Z", "counted 2s ago from query",
           "31 queries (of 10/min)", "38 job reads (of 50/min)"},
          {"DEVICE     VERDICT  RUNS", "chiller-7  failed   1.0.0"}};
}

std::string text_of(const Board& board, const BoardStyle& style) {
  return fmt::format("{}\n", fmt::join(render(board, style), "\n"));
}

TEST(Boards, FitIntoWindowsOfAnyWidth) {
  for (const std::size_t width : {40, 80, 200}) {
    test::expect_golden(fmt::format("board/{}.txt", width), text_of(example(), {width, false, true}));
  }
  for (std::size_t width = 1; width < 230; ++width) {
    for (const std::string& line : render(example(), {width, width % 2 == 0, width % 3 == 0})) {
      EXPECT_LT(width_of(line), std::max<std::size_t>(width, 2)) << line;
    }
  }
}

TEST(Boards, ShowWhatIsThereHoweverFewAndAllOfItOnlyWhenItIsAll) {
  const auto bar = [](std::int64_t count) { return render({"", {{"x", count, 1000}}, {}, {}}, {80, false, false})[1]; };

  EXPECT_THAT(bar(0), Not(HasSubstr("#")));
  EXPECT_THAT(bar(1), HasSubstr(" #."));
  EXPECT_THAT(bar(999), HasSubstr("#. "));
  EXPECT_THAT(bar(999), HasSubstr(" 99%"));
  EXPECT_THAT(bar(1000), Not(HasSubstr(".")));
  EXPECT_THAT(bar(1000), HasSubstr(" 100%"));
}

TEST(Boards, HaveColorsOnlyWhenAskedFor) {
  EXPECT_THAT(text_of(example(), {80, false, true}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(text_of(example(), {80, true, true}), HasSubstr("\x1b[32m█"));
}

TEST(Widths, AreThoseOfATerminal) {
  EXPECT_EQ(width_of("abc"), 3U);
  EXPECT_EQ(width_of("Kühler"), 6U);
  EXPECT_EQ(width_of("冷却器"), 6U);
  EXPECT_EQ(width_of("e\xCC\x81"), 1U) << "a combining accent";
  EXPECT_EQ(width_of("\x1b[32mok\x1b[0m"), 2U);
  EXPECT_EQ(width_of("\x1b["), 0U) << "a colour that never ends";
}

TEST(Cutting, BreaksNoLetterAndEndsColors) {
  EXPECT_EQ(cut_to("冷却器", 5), "冷却");
  EXPECT_EQ(cut_to("\x1b[31mfailed\x1b[0m", 4), "\x1b[31mfail\x1b[0m");
  EXPECT_EQ(cut_to("short", 5), "short");
}

}  // namespace
}  // namespace fwctl::cli
