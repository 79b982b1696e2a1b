#include "fwctl/base/iso8601.hpp"

#include <gtest/gtest.h>

namespace fwctl {
namespace {

TEST(Iso8601, KeepsAllSevenDigitsOfTheHub) {
  const auto time = parse_iso8601("2026-08-15T09:30:21.1234567Z");

  ASSERT_TRUE(time);
  EXPECT_EQ(format_iso8601(*time), "2026-08-15T09:30:21.1234567Z");
  EXPECT_EQ(format_iso8601_millis(*time), "2026-08-15T09:30:21.123Z");
}

TEST(Iso8601, SurvivesTheHubsNever) {
  EXPECT_EQ(parse_iso8601("0001-01-01T00:00:00Z"), never());
  EXPECT_EQ(parse_iso8601("0001-01-01T00:00:00"), never());
  EXPECT_EQ(format_iso8601(never()), "0001-01-01T00:00:00.0000000Z");
}

TEST(Iso8601, ReadsZonesAndShortFractions) {
  const auto utc = parse_iso8601("2026-01-01T12:00:00.5Z");

  EXPECT_EQ(parse_iso8601("2026-01-01T14:00:00.5+02:00"), utc);
  EXPECT_EQ(parse_iso8601("2026-01-01T10:30:00.500-01:30"), utc);
  EXPECT_EQ(parse_iso8601("2026-01-01T12:00:00.500000000Z"), utc);
}

TEST(Iso8601, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "2026", "2026-01-01", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00+2",
        "2026-01-01T00:00:00.1234567890Z", "9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+01:00"}) {
    EXPECT_EQ(parse_iso8601(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace fwctl
