#include "fwctl/base/sha256.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "fwctl/base/base64.hpp"
#include "fwctl/base/error.hpp"

namespace fwctl {
namespace {

TEST(HmacSha256, SignsLikeTheReference) {
  const std::string digest =
      hmac_sha256("0123456789abcdef0123456789abcdef", "contoso-fw.azure-devices.net\n1767225600");

  EXPECT_EQ(base64_encode(digest), "7B6IB//LCcwhy/Qs195CKFTt/qeXaiozPfSaJdeGlOA=");
}

TEST(Sha256Hex, DigestsAStreamLargerThanABlock) {
  std::istringstream abc("abc");
  std::istringstream million(std::string(1'000'000, 'a'));

  EXPECT_EQ(sha256_hex(abc), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(million), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256Hex, IsNoneOfAFileThatCannotBeReadToItsEnd) {
  struct Broken : std::stringbuf {
    int_type underflow() override { throw std::runtime_error("input/output error"); }
  } broken;
  std::istream in(&broken);

  EXPECT_THROW(sha256_hex(in), Error);
}

TEST(EqualConstantTime, Compares) {
  EXPECT_TRUE(equal_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_constant_time("abc", "ab"));
}

}  // namespace
}  // namespace fwctl
