#include "fwctl/base/http.hpp"

#include <gtest/gtest.h>

namespace fwctl {
namespace {

TEST(Headers, AreFoundWhateverTheirCase) {
  const Headers headers{{"Content-Type", "application/json"}};

  EXPECT_EQ(header(headers, "content-type"), "application/json");
  EXPECT_EQ(header(headers, "etag"), "");
}

}  // namespace
}  // namespace fwctl
