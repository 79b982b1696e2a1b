#include "fwctl/firmware/pace.hpp"

#include <gtest/gtest.h>

namespace fwctl::firmware {
namespace {

using namespace std::chrono_literals;

constexpr Time start{};

TEST(Pace, IsUnknownUntilADeviceHasComeToItsEnd) {
  Pace pace;
  EXPECT_FALSE(pace.per_minute());
  pace.add(start, 0);
  pace.add(start + 1min, 0);
  EXPECT_FALSE(pace.per_minute());
  EXPECT_FALSE(pace.end_of(10));
}

TEST(Pace, IsThatOfWhatWasSeen) {
  Pace pace;
  pace.add(start, 0);
  pace.add(start + 2min, 30);

  EXPECT_EQ(pace.per_minute(), 15);
  EXPECT_EQ(pace.end_of(45), start + 5min);
}

TEST(Pace, ForgetsWhatIsLongAgo) {
  Pace pace;
  pace.add(start, 0);
  pace.add(start + 1min, 1000);
  for (int minute = 2; minute <= 7; ++minute) pace.add(start + minute * 1min, 1000 + minute);

  EXPECT_EQ(pace.per_minute(), 1);
}

TEST(Pace, TakesTheSameLookOnce) {
  Pace pace;
  pace.add(start, 0);
  pace.add(start + 1min, 6);
  pace.add(start + 1min, 600);

  EXPECT_EQ(pace.per_minute(), 6);
}

TEST(Pace, PromisesNoEndThatIsTooFarAway) {
  Pace pace;
  pace.add(start, 0);
  pace.add(start + 5min, 1);

  EXPECT_FALSE(pace.end_of(1'000'000));
}

}  // namespace
}  // namespace fwctl::firmware
