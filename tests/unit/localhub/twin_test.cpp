#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hub_fixture.hpp"

namespace fwctl::localhub {
namespace {

using test::HubFixture;
using Json = HubFixture::Json;

class Twins : public testing::Test {
 protected:
  Twins() { hub_.create_device("a"); }
  HttpResponse patch(const Json& body, Headers headers = {}) {
    return hub_.call("PATCH", "/twins/a", body, std::move(headers));
  }
  Json desired() { return hub_.twin("a")["properties"]["desired"]; }
  Json values(Json section) {
    section.erase("$metadata");
    section.erase("$version");
    return section;
  }
  int refused(const std::string& body) {
    Headers headers{{"Authorization", hub_.token("localhost", HubFixture::key, "service")}};
    return hub_.send({"PATCH", "/twins/a?api-version=2021-04-12", headers, body}).status;
  }

  HubFixture hub_;
};

TEST_F(Twins, BeginAsTheRealHubsDo) {
  const Json twin = hub_.twin("a");

  EXPECT_EQ(twin["etag"], "AAAAAAAAAAE=");
  EXPECT_EQ(twin["version"], 2);
  EXPECT_EQ(twin["properties"]["desired"].dump(),
            R"({"$metadata":{"$lastUpdated":"2026-01-01T00:00:00.0000000Z"},"$version":1})");
  EXPECT_FALSE(twin.contains("tags"));
}

TEST_F(Twins, MergeObjectsReplaceTheRestAndDeleteByNull) {
  patch({{"properties", {{"desired", {{"a", {{"b", 1}, {"c", {1, 2}}}}, {"d", 1}}}}}});
  patch({{"properties", {{"desired", {{"a", {{"c", {3}}, {"e", "x"}}}, {"d", nullptr}, {"none", nullptr}}}}}});

  EXPECT_EQ(values(desired()).dump(), R"({"a":{"b":1,"c":[3],"e":"x"}})");

  patch({{"properties", {{"desired", {{"a", {{"b", nullptr}, {"c", nullptr}, {"e", nullptr}}}}}}}});
  EXPECT_EQ(values(desired()).dump(), R"({"a":{}})") << "an emptied parent stays";
}

TEST_F(Twins, LoseTagsOfEveryLevelByNull) {
  patch({{"tags", {{"a", {{"b", 1}, {"c", 2}}}, {"d", 1}, {"e", 1}}}});

  EXPECT_EQ(patch({{"tags", {{"a", {{"b", nullptr}}}}}}).status, 200);
  EXPECT_EQ(patch({{"tags", {{"d", nullptr}}}}).status, 200);

  EXPECT_EQ(hub_.twin("a")["tags"].dump(), R"({"a":{"c":2},"e":1})");
}

TEST_F(Twins, StampWhatIsWrittenAndItsAncestors) {
  patch({{"properties", {{"desired", {{"a", {{"b", 1}}}, {"x", 1}}}}}});
  hub_.clock.advance(std::chrono::seconds{10});
  patch({{"properties", {{"desired", {{"a", {{"b", 2}}}}}}}});

  const Json metadata = desired()["$metadata"];
  const Json fresh{{"$lastUpdated", "2026-01-01T00:00:10.0000000Z"}, {"$lastUpdatedVersion", 3}};
  EXPECT_EQ(metadata["a"]["b"], fresh);
  EXPECT_EQ(metadata["a"]["$lastUpdated"], fresh["$lastUpdated"]);
  EXPECT_EQ(metadata["$lastUpdatedVersion"], 3);
  EXPECT_EQ(metadata["x"]["$lastUpdated"], "2026-01-01T00:00:00.0000000Z");

  patch({{"properties", {{"desired", {{"a", nullptr}}}}}});
  EXPECT_FALSE(desired()["$metadata"].contains("a"));
}

TEST_F(Twins, CountVersionsByTheTable) {
  const auto state = [&] {
    const Json twin = hub_.twin("a");
    return std::vector<Json>{twin["etag"], twin["version"], twin["properties"]["desired"]["$version"],
                             twin["properties"]["reported"]["$version"]};
  };
  patch({{"tags", {{"t", 1}}}});
  EXPECT_EQ(state(), (std::vector<Json>{"AAAAAAAAAAI=", 3, 1, 1}));
  patch({{"tags", {{"t", 2}}}, {"properties", {{"desired", {{"d", 1}}}}}});
  EXPECT_EQ(state(), (std::vector<Json>{"AAAAAAAAAAM=", 4, 2, 1}));
  hub_.report(hub_.connect("a"), {{"r", 1}});
  EXPECT_EQ(state(), (std::vector<Json>{"AAAAAAAAAAM=", 5, 2, 2}));
}

TEST_F(Twins, TakeEveryFormOfIfMatch) {
  for (const char* etag : {"*", "\"*\"", "\"AAAAAAAAAAM=\"", "AAAAAAAAAAQ="}) {
    EXPECT_EQ(patch({{"tags", {{"t", 1}}}}, {{"If-Match", etag}}).status, 200) << etag;
  }
  const HttpResponse stale = patch({{"tags", {{"t", 1}}}}, {{"If-Match", "\"AAAAAAAAAAE=\""}});
  EXPECT_EQ(stale.status, 412);
  EXPECT_EQ(header(stale.headers, "iothub-errorcode"), "PreconditionFailed");
}

TEST_F(Twins, AreReplacedWhole) {
  patch({{"tags", {{"t", 1}}}, {"properties", {{"desired", {{"d", 1}}}}}});

  const Json twin = hub_.json("PUT", "/twins/a", {{"properties", {{"desired", {{"e", 2}}}}}});

  EXPECT_EQ(twin["tags"], Json::object());
  EXPECT_EQ(values(twin["properties"]["desired"]).dump(), R"({"e":2})");
}

TEST_F(Twins, IgnoreWhatSdksSendBack) {
  EXPECT_EQ(
      patch({{"deviceId", "a"},
             {"etag", "x"},
             {"version", nullptr},
             {"properties", {{"desired", {{"$version", 1}, {"$metadata", 1}, {"k", 1}}}, {"reported", {{"r", 1}}}}}})
          .status,
      200);
  EXPECT_EQ(values(hub_.twin("a")["properties"]["reported"]), Json::object());
}

TEST_F(Twins, TakeMembersInAnyCaseAndKeepThatOfTheUsersOwn) {
  patch({{"tags", {{"gone", 1}}}});

  const HttpResponse answer =
      patch({{"Tags", {{"Site", 1}, {"gone", nullptr}}}, {"Properties", {{"Desired", {{"D", 2}}}}}});

  const Json twin = Json::parse(answer.body);
  EXPECT_EQ(twin["tags"].dump(), R"({"Site":1})");
  EXPECT_EQ(values(twin["properties"]["desired"]).dump(), R"({"D":2})");
}

TEST_F(Twins, RefuseWhatTheRulesForbid) {
  const auto tags = [](const std::string& inner) { return R"({"tags":)" + inner + "}"; };
  const auto long_text = std::string(4097, 'x');
  for (const std::string& body : std::vector<std::string>{
           "", "{", "[]", tags("7"), tags(R"({"a.b":1})"), tags(R"({"a b":1})"), tags(R"({"$a":1})"),
           tags(R"({"a#":1})"), tags("{\"a\\u0001\":1}"), tags(R"({"a":[1,null]})"), tags(R"({"a":4503599627370496})"),
           tags(R"({"a":-4503599627370497})"), tags(R"({"a":")" + long_text + R"("})"),
           tags("{\"" + std::string(1025, 'k') + "\":1}"),
           tags(R"({"1":{"2":{"3":{"4":{"5":{"6":{"7":{"8":{"9":{"10":{"11":{}}}}}}}}}}}})"),
           std::string(200'000, '[')}) {
    EXPECT_EQ(refused(body), 400) << body.substr(0, 60);
  }
  EXPECT_EQ(refused(tags(R"({"a":4503599627370495,"b":-4503599627370496})")), 200);
  EXPECT_EQ(refused(tags(R"({"1":{"2":{"3":{"4":{"5":{"6":{"7":{"8":{"9":{"10":{"11":1}}}}}}}}}}})")), 200)
      << "ten objects below the tags, and a number in the tenth";
  EXPECT_EQ(hub_.twin("a")["version"], 4) << "a refused write leaves no trace";
}

TEST_F(Twins, CountNoControlCharacters) {
  std::string values;
  for (const char* control : {"\\u0007", "\\u007f", "\\u0085"}) {
    for (int i = 0; i < 1000; ++i) values += control;
  }
  EXPECT_EQ(refused(R"({"tags":{"a":")" + values + R"(","b":")" + values + R"(","c":")" + values + R"("}})"), 200);
}

TEST_F(Twins, AreBoundedInSize) {
  std::string tags = "{";
  for (int i = 0; i < 3; ++i)
    tags += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":\"" + std::string(4000, 'x') + "\"";

  EXPECT_EQ(refused(R"({"tags":)" + tags + "}}"), 413);
}

}  // namespace
}  // namespace fwctl::localhub
