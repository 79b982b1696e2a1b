#include "fwctl/base/json_depth.hpp"

#include <gtest/gtest.h>

#include <string>

namespace fwctl {
namespace {

TEST(NestedDeeperThan, CountsBracketsThatAreOpenAtOnce) {
  EXPECT_FALSE(nested_deeper_than("[[],[],{}]", 2));
  EXPECT_TRUE(nested_deeper_than("[[],[{}]]", 2));
  EXPECT_TRUE(nested_deeper_than(std::string(1'000'000, '['), 100));
}

TEST(NestedDeeperThan, DoesNotCountBracketsInStrings) { EXPECT_FALSE(nested_deeper_than(R"(["[[[[\"[[["])", 1)); }

}  // namespace
}  // namespace fwctl
