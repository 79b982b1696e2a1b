#include "fwctl/base/utf8.hpp"

#include <gtest/gtest.h>

namespace fwctl {
namespace {

const std::string mark = "\xEF\xBF\xBD";

TEST(Utf8, ComesBackAsItIs) {
  for (const char* text :
       {"", "plain", "longer than eight bytes", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "mixed: \xC3\xBC and \xF0\x9F\x98\x80, and more"}) {
    EXPECT_EQ(with_utf8_mended(text), text);
  }
}

TEST(Utf8, IsMendedByteForByte) {
  EXPECT_EQ(with_utf8_mended("a\xFFz"), "a" + mark + "z");
  EXPECT_EQ(with_utf8_mended("\x80\x80 and good again: \xC3\xBC"), mark + mark + " and good again: \xC3\xBC");
  EXPECT_EQ(with_utf8_mended("12345678\xC3"), "12345678" + mark);
}

TEST(Utf8, HasNoLongFormsNoSurrogatesAndAnEnd) {
  EXPECT_EQ(with_utf8_mended("\xC0\xAF"), mark + mark);
  EXPECT_EQ(with_utf8_mended("\xC1\xBF"), mark + mark);
  EXPECT_EQ(with_utf8_mended("\xE0\x9F\xBF"), mark + mark + mark);
  EXPECT_EQ(with_utf8_mended("\xF0\x8F\xBF\xBF"), mark + mark + mark + mark);
  EXPECT_EQ(with_utf8_mended("\xED\xA0\x80"), mark + mark + mark);
  EXPECT_EQ(with_utf8_mended("\xF4\x90\x80\x80"), mark + mark + mark + mark);
  EXPECT_EQ(with_utf8_mended("\xF5\x80\x80\x80"), mark + mark + mark + mark);
}

TEST(Utf8, IsMendedWhereASequenceIsCutShort) {
  EXPECT_EQ(with_utf8_mended("\xE6\xB8x"), mark + mark + "x");
  EXPECT_EQ(with_utf8_mended("\xF0\x9F\x98x"), mark + mark + mark + "x");
  EXPECT_EQ(with_utf8_mended("\xF0\x9F\x98"), mark + mark + mark);
}

}  // namespace
}  // namespace fwctl
