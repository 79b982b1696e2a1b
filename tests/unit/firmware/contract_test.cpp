#include "fwctl/firmware/contract.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace fwctl::firmware {
namespace {

using nlohmann::json;

const Desired release{"2.8.5", "https://secureuri/package.bin", "123456abcde"};

TEST(UpdateTwinPatch, IsTheTutorialsToTheLetter) {
  const json tutorial = json::parse(R"({"etag":"*","properties":{"desired":{"patchId":"Firmware update","firmware":
      {"fwVersion":"2.8.5","fwPackageURI":"https://secureuri/package.bin","fwPackageCheckValue":"123456abcde"}}}})");

  EXPECT_EQ(json::parse(update_twin_patch(release)), tutorial);
}

TEST(Desired, ComesBackAsItWasWritten) { EXPECT_EQ(desired_from_json(to_json(release)), release); }

TEST(Desired, ReadsMissingAndWronglyTypedMembersAsEmpty) {
  const auto desired = desired_from_json(json::parse(R"({"fwVersion":"1","fwPackageURI":7})"));

  ASSERT_TRUE(desired);
  EXPECT_EQ(desired->package_uri, "");
  EXPECT_EQ(desired->check_value, "");
}

TEST(Desired, IsAbsentWithoutAVersion) {
  for (const char* text : {"null", "[]", "7", "{}", R"({"fwVersion":7})", R"({"fwVersion":""})"}) {
    EXPECT_EQ(desired_from_json(json::parse(text)), std::nullopt) << text;
  }
}

TEST(Reported, ComesBackAsItWasWritten) {
  const Reported reported{"1.0.0", "2.8.5", Status::rolled_back, "Rolled back to: 1.0.0", "2026-01-01T00:00:00.000Z",
                          ""};

  EXPECT_EQ(to_json(reported).at("fwUpdateStatus"), "rolledback");
  EXPECT_EQ(reported_from_json(to_json(reported)), reported);
}

TEST(Reported, IsAbsentOutsideTheContract) {
  for (const char* text : {"null", "{}", R"({"fwUpdateStatus":"CURRENT"})", R"({"fwUpdateStatus":1})"}) {
    EXPECT_EQ(reported_from_json(json::parse(text)), std::nullopt) << text;
  }
}

TEST(IsHttpsUri, AsksForTheSchemeAndAHost) {
  EXPECT_TRUE(is_https_uri("https://secureuri/package.bin"));
  EXPECT_TRUE(is_https_uri("HTTPS://host"));
  for (const char* uri : {"", "https", "https://", "https:///x", "httpsx://host", "http://host", " https://host",
                          "https://ho st", "https://?x", "ftp://https://host"}) {
    EXPECT_FALSE(is_https_uri(uri)) << uri;
  }
}

TEST(ReportedPatch, NamesWhatChangedAndAlwaysTheStatus) {
  Reported before;
  before.current_version = "1.0.0";
  before.status = Status::verifying;
  Reported after = before;
  after.pending_version = "2.0.0";

  EXPECT_EQ(
      reported_patch(before, after),
      (nlohmann::json{
          {"firmware", {{"pendingFwVersion", "2.0.0"}, {"fwUpdateStatus", "verifying"}, {"fwUpdateSubstatus", ""}}}}));
  EXPECT_EQ(reported_patch(after), (nlohmann::json{{"firmware", to_json(after)}}));
}

TEST(FirmwareOf, IsNullWhereThereIsNone) {
  EXPECT_EQ(firmware_of({{"firmware", 7}, {"$version", 1}}), 7);
  EXPECT_TRUE(firmware_of({{"$version", 1}}).is_null());
  EXPECT_TRUE(firmware_of(nlohmann::json::array()).is_null());
}

}  // namespace
}  // namespace fwctl::firmware
