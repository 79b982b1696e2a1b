#include "cmd/fwctl/output/screen.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace fwctl::cli {
namespace {

using testing::StartsWith;

/// What is written by each step.
class OnScreen : public testing::Test {
 protected:
  std::string draw(const std::vector<std::string>& lines, int width = 80, int height = 24) {
    screen_.draw(lines, {true, true, width, height});
    return take();
  }
  std::string take() {
    std::string text = out_.str();
    out_.str("");
    return text;
  }

  std::ostringstream out_;
  Screen screen_{out_};
};

TEST_F(OnScreen, ABlockIsDrawnOverTheOneBeforeIt) {
  EXPECT_EQ(draw({"one", "two"}), "\r\x1b[Kone\n\x1b[Ktwo\n\x1b[J");
  EXPECT_EQ(draw({"three"}), "\r\x1b[2A\x1b[Kthree\n\x1b[J");
}

TEST_F(OnScreen, LinesThatANarrowerWindowHasBrokenAreDrawnOverToo) {
  draw({std::string(70, 'a'), "b"});
  EXPECT_THAT(draw({"c"}, 30), StartsWith("\r\x1b[4A")) << "three rows of the first line, and the second";
}

TEST_F(OnScreen, NoMoreIsDrawnThanTheWindowHolds) {
  EXPECT_EQ(draw({"1", "2", "3", "4"}, 80, 3), "\r\x1b[K1\n\x1b[K2\n\x1b[J");
  draw({"1", "2", "3", "4"});
  EXPECT_THAT(draw({"1"}, 80, 3), StartsWith("\r\x1b[2A")) << "what has scrolled away is out of reach";
}

TEST_F(OnScreen, WhatASmallWindowHasPushedOutIsDrawnOverWhenItComesBack) {
  draw({"1", std::string(25, '2'), "3"});
  EXPECT_THAT(draw({"1"}, 10, 3), StartsWith("\r\x1b[2A")) << "of five rows";
  EXPECT_THAT(draw({"1"}, 10, 3), StartsWith("\r\x1b[2A")) << "of four rows";
  EXPECT_THAT(draw({"1"}), StartsWith("\r\x1b[3A")) << "the first line, two rows of the second, now one, and the last";
  EXPECT_THAT(draw({"1"}), StartsWith("\r\x1b[1A")) << "nothing is pushed out any more";
}

TEST_F(OnScreen, WhatIsErasedLeavesNothing) {
  draw({"one", "two"});
  screen_.erase({});
  EXPECT_EQ(take(), "\r\x1b[2A\x1b[J");
  screen_.erase({});
  EXPECT_EQ(take(), "");
}

}  // namespace
}  // namespace fwctl::cli
