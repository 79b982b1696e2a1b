#include "fwctl/base/clock.hpp"

#include <gtest/gtest.h>

#include "fwctl/base/error.hpp"

namespace fwctl {
namespace {

TEST(SystemClock, EndsASleepAtOnceWhenAskedToStop) {
  std::stop_source stop;
  SystemClock clock(stop.get_token());
  stop.request_stop();

  EXPECT_THROW(clock.sleep_for(std::chrono::hours{1}), Interrupted);
}

TEST(SystemClock, ReturnsAfterASleep) {
  SystemClock clock;
  const auto before = clock.uptime();

  clock.sleep_for(std::chrono::nanoseconds{1});

  EXPECT_GT(clock.uptime(), before);
}

}  // namespace
}  // namespace fwctl
