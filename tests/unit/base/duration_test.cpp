#include "fwctl/base/duration.hpp"

#include <gtest/gtest.h>

namespace fwctl {
namespace {

using namespace std::chrono_literals;

TEST(ParseDuration, ReadsUnitsAndSums) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("5s"), 5s);
  EXPECT_EQ(parse_duration("10m"), 10min);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("7d"), 168h);
}

TEST(ParseDuration, RefusesTheRest) {
  for (const char* text : {"", "5", "s", "-5s", "5 s", "5x", "1.5h", "99999999999s", "4000000000d"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(FormatDuration, ShowsTwoUnitsAtMost) {
  EXPECT_EQ(format_duration(45s), "45s");
  EXPECT_EQ(format_duration(125s), "2m 05s");
  EXPECT_EQ(format_duration(3725s), "1h 02m");
  EXPECT_EQ(format_duration(76h), "3d 04h");
}

}  // namespace
}  // namespace fwctl
