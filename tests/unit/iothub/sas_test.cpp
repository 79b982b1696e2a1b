#include "fwctl/iothub/sas.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fwctl/base/iso8601.hpp"
#include "tests/unit/iothub/recording_transport.hpp"

namespace fwctl::iothub {
namespace {

using testing::HasSubstr;

const SharedAccessKey key("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");

Time unix_time(std::int64_t seconds) { return Time{std::chrono::seconds{seconds}}; }

TEST(SasToken, IsTheReferencesToTheByte) {
  EXPECT_EQ(
      make_sas_token("contoso-fw.azure-devices.net", key, "iothubowner", unix_time(1767225600)),
      "SharedAccessSignature sr=contoso-fw.azure-devices.net&sig=7B6IB%2F%2FLCcwhy%2FQs195CKFTt%2FqeXaiozPfSaJdeGlOA%3D"
      "&se=1767225600&skn=iothubowner");
}

TEST(SasToken, SignsTheEncodedResource) {
  EXPECT_THAT(make_sas_token("localhost:8443", key, "p", unix_time(1767225600)),
              HasSubstr("sr=localhost%3A8443&sig=alCHxpRAqj%2Bt6H9rIXa%2Bzo4c80XUV25DJgR6jhEOyKg%3D"));
  EXPECT_THAT(make_sas_token("Contoso-FW.azure-devices.net", key, "p", unix_time(1767225600)),
              HasSubstr("sig=QF5NAzXrwBf8U14IcDlxT21DYah431v5RSlrFDxU4P8%3D"));
}

TEST(SasToken, OfADeviceNamesNoPolicy) {
  EXPECT_EQ(make_sas_token(device_resource("myhub.azure-devices.net", "dev1"), key, "", unix_time(1893456000)),
            "SharedAccessSignature sr=myhub.azure-devices.net%2Fdevices%2Fdev1"
            "&sig=MLMb9mfGGKt00TL7mIqeMsK%2F9ViHgXLyY2kJs%2FBSm%2FM%3D&se=1893456000");
}

TEST(SasTransport, RenewsTheTokenLongBeforeItExpires) {
  test::FakeClock clock;
  std::vector<HttpRequest> sent;
  const auto transport =
      with_sas_token(std::make_unique<test::RecordingTransport>(sent), {"h.net", "service", key}, clock);
  std::set<std::string> tokens;

  for (int minutes = 0; minutes < 48 * 60; minutes += 5, clock.advance(std::chrono::minutes{5})) {
    transport->send({});
    const std::string token(header(sent.back().headers, "Authorization"));
    const std::int64_t expiry = std::stoll(token.substr(token.find("&se=") + 4));
    ASSERT_GT(unix_time(expiry), clock.now() + std::chrono::minutes{5});
    tokens.insert(token);
  }

  EXPECT_LE(tokens.size(), 60U) << "a token serves for most of its hour";
}

TEST(SasTransport, SignsAnewWhenTheClockWasSetBack) {
  test::FakeClock clock;
  std::vector<HttpRequest> sent;
  const auto transport =
      with_sas_token(std::make_unique<test::RecordingTransport>(sent), {"h.net", "service", key}, clock);
  transport->send({});

  clock.set(clock.now() - std::chrono::hours{24});
  transport->send({});

  EXPECT_NE(sent[0].headers, sent[1].headers);
}

}  // namespace
}  // namespace fwctl::iothub
