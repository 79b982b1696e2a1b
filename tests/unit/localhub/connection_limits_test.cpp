#include "lib/localhub/front/connection_limits.hpp"

#include <gtest/gtest.h>

namespace fwctl::localhub {
namespace {

TEST(ConnectionLimits, LeaveRoomForTheOthers) {
  const ConnectionLimits many = share_out(20'000);
  EXPECT_EQ(many.https, 1000U);
  EXPECT_EQ(many.devices, 18'936U);
  const ConnectionLimits few = share_out(256);
  EXPECT_EQ(few.https, 64U);
  EXPECT_EQ(few.devices, 128U);
  EXPECT_EQ(share_out(10).devices, 16U) << "it will run out of them, but not before it has begun";
}

}  // namespace
}  // namespace fwctl::localhub
