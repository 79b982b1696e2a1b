#include "fwctl/base/url.hpp"

#include <gtest/gtest.h>

namespace fwctl {
namespace {

TEST(PercentEncode, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(percent_encode("d 1#x/ü"), "d%201%23x%2F%C3%BC");
  EXPECT_EQ(percent_encode("localhost:8443"), "localhost%3A8443");
}

TEST(PercentDecode, UndoesItAndKeepsPlus) { EXPECT_EQ(percent_decode("d%201%23x%2f+"), "d 1#x/+"); }

TEST(PercentDecode, RefusesBrokenEscapes) {
  for (const char* text : {"%", "%2", "%zz", "%-1", "a%2"}) EXPECT_EQ(percent_decode(text), std::nullopt) << text;
}

TEST(ParseTarget, KeepsThePathEncodedAndDecodesTheQuery) {
  const Target target = parse_target("/twins/a%2Fb?api-version=2021-04-12&x=1%202&flag");

  EXPECT_EQ(target.path, "/twins/a%2Fb");
  EXPECT_EQ(target.query.at("api-version"), "2021-04-12");
  EXPECT_EQ(target.query.at("x"), "1 2");
  EXPECT_EQ(target.query.at("flag"), "");
}

TEST(ParseTarget, ToleratesEmptyParts) {
  EXPECT_EQ(parse_target("/devices/?").path, "/devices/");
  EXPECT_TRUE(parse_target("/devices/?&&").query.empty());
}

}  // namespace
}  // namespace fwctl
