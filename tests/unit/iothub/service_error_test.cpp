#include "lib/iothub/service_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fwctl/base/iso8601.hpp"

namespace fwctl::iothub {
namespace {

using testing::HasSubstr;
using testing::Not;

const Time now = *parse_iso8601("2026-01-01T00:00:00Z");

ServiceError error_of(int status, const std::string& body, Headers headers = {}) {
  return service_error({status, std::move(headers), body}, now);
}

TEST(ServiceErrorOf, ReadsTheOlderEnvelope) {
  const auto error = error_of(
      404,
      R"({"Message":"ErrorCode:DeviceNotFound;Device pump-99; is not registered.","ExceptionMessage":"Tracking ID:1111-G:4-TimeStamp:12/31/2025 23:05:41"})");

  EXPECT_STREQ(error.what(),
               "DeviceNotFound (HTTP 404): Device pump-99; is not registered. [tracking id "
               "1111-G:4-TimeStamp:12/31/2025 23:05:41]");
}

TEST(ServiceErrorOf, ShowsNoSecretThatSomethingInBetweenEchoes) {
  const auto error = error_of(400, "got SharedAccessSignature sr=h&sig=c2VjcmV0%3d&se=1 and SharedAccessKey=c2VjcmV0");

  EXPECT_STREQ(error.what(), "HTTP 400: got SharedAccessSignature sr=h&sig=***&se=1 and SharedAccessKey=***");
  EXPECT_STREQ(error_of(400, "sr%3Dh%26sig%3Dc2Vj se and sig&#61;c2Vj").what(),
               "HTTP 400: sr%3Dh%26sig%3D*** se and sig&#61;***");
}

TEST(ServiceErrorOf, SaysWhatToDoNext) {
  EXPECT_THAT(error_of(403, "", {{"iothub-errorcode", "IotHubQuotaExceeded"}}).hint(), HasSubstr("midnight UTC"));
  for (const int status : {302, 400, 401, 407, 412, 413, 429, 503})
    EXPECT_NE(error_of(status, "").hint(), "") << status;
}

TEST(ServiceErrorOf, ReadsTheNewerEnvelope) {
  const auto error = error_of(409, R"({"errorCode":409301,"message":"taken","trackingId":"2b0c-G:3","info":null})",
                              {{"iothub-errorcode", "ModuleAlreadyExistsOnDevice"}});

  EXPECT_EQ(error.code(), "ModuleAlreadyExistsOnDevice");
  EXPECT_EQ(error.detail().tracking_id, "2b0c-G:3");
}

TEST(ServiceErrorOf, ReadsTheOneNestedInTheOther) {
  const auto error = error_of(
      404,
      R"({"Message":"{\"errorCode\":404103,\"trackingId\":\"8d7c\",\"message\":\"Timed out\"}","ExceptionMessage":""})");

  EXPECT_EQ(error.code(), "404103");
  EXPECT_EQ(error.detail().tracking_id, "8d7c");
}

TEST(ServiceErrorOf, RepeatsNoEnvelopeOfAnotherService) {
  const auto error = error_of(
      429,
      R"({"Message":"ErrorCode:ThrottlingMaxActiveJobCountExceeded;Error: 429 {\"Message\":\"ErrorCode:X;429\"}","ExceptionMessage":"Tracking ID:91aa"})");

  EXPECT_STREQ(error.what(), "ThrottlingMaxActiveJobCountExceeded (HTTP 429): Error: 429 [tracking id 91aa]");
}

TEST(ServiceErrorOf, TakesBodiesThatAreNone) {
  EXPECT_STREQ(error_of(502, "").what(), "HTTP 502");
  EXPECT_THAT(error_of(502, "<html>\n\x1b[2Jbad</html>").what(), Not(HasSubstr("\n")));
  EXPECT_LT(std::string(error_of(500, std::string(100'000, 'x')).what()).size(), 500U);
  for (const char* body : {"[]", "null", "{\"Message\":7}", "{\"Message\":\"{\"}"})
    EXPECT_EQ(error_of(500, body).status(), 500) << body;
}

TEST(ServiceErrorOf, BlamesAClockThatIsWrong) {
  EXPECT_THAT(error_of(401, "", {{"Date", "Thu, 01 Jan 2026 01:00:00 GMT"}}).hint(), HasSubstr("60 minutes behind"));
  EXPECT_THAT(error_of(401, "", {{"Date", "Thu, 01 Jan 2026 00:01:00 GMT"}}).hint(), Not(HasSubstr("clock")));
}

TEST(RetryAfter, ComesInTwoForms) {
  EXPECT_EQ(retry_after({429, {{"Retry-After", "17"}}, ""}, now), std::chrono::seconds{17});
  EXPECT_EQ(retry_after({429, {{"Retry-After", "Thu, 01 Jan 2026 00:00:30 GMT"}}, ""}, now), std::chrono::seconds{30});
  EXPECT_EQ(retry_after({429, {{"Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"}}, ""}, now), std::chrono::hours{24});
  EXPECT_EQ(retry_after({429, {{"Retry-After", "Thu, 01 Jan 2020 00:00:30 GMT"}}, ""}, now), std::chrono::seconds{0});
  for (const char* text : {"", "-1", "soon", "1.5"})
    EXPECT_EQ(retry_after({429, {{"Retry-After", text}}, ""}, now), std::nullopt) << text;
}

}  // namespace
}  // namespace fwctl::iothub
