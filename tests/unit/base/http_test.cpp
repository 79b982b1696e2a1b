#include "fwctl/base/http.hpp"

#include <gtest/gtest.h>

namespace fwctl {
namespace {

TEST(Headers, AreFoundWhateverTheirCase) {
  const Headers headers{{"Content-Type", "application/json"}};

  EXPECT_EQ(header(headers, "content-type"), "application/json");
  EXPECT_EQ(header(headers, "etag"), "");
}

TEST(HttpDate, IsWrittenAsItIsRead) {
  const Time time{std::chrono::seconds{1'795'464'000}};

  EXPECT_EQ(format_http_date(time), "Mon, 23 Nov 2026 20:00:00 GMT");
  EXPECT_EQ(parse_http_date("Mon, 23 Nov 2026 20:00:00 GMT"), time);
  EXPECT_EQ(parse_http_date("Mon, 23 Nov 2026"), std::nullopt);
}

}  // namespace
}  // namespace fwctl
