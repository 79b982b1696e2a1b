#include "lib/localhub/query/query.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hub_fixture.hpp"

namespace fwctl::localhub {
namespace {

using test::HubFixture;
using Json = HubFixture::Json;
using testing::ElementsAre;
using testing::IsEmpty;

class Queries : public testing::Test {
 protected:
  Queries() {
    hub_.create_device("a", {{"site", "munich"}, {"n", 1}, {"on", true}, {"deep", {{"xy", 0}}}, {"list", {1, "two"}}});
    hub_.create_device("b", {{"site", "rome"}, {"n", 2.5}, {"on", false}, {"group", "g"}});
    hub_.create_device("c", {{"n", "1"}});
    hub_.create_device("d");
  }

  HttpResponse ask(const std::string& query, Headers headers = {}) {
    return hub_.call("POST", "/devices/query", {{"query", query}}, std::move(headers));
  }
  Json rows(const std::string& query) { return Json::parse(ask(query).body); }

  /// The ids that a condition selects, as one text: "ab".
  std::string where(const std::string& condition) {
    std::string ids;
    for (const Json& row : rows("SELECT deviceId FROM devices WHERE " + condition)) {
      ids += row.is_object() ? row.value("deviceId", "?") : "!";
    }
    return ids;
  }

  HubFixture hub_;
};

TEST_F(Queries, CompareOnlyValuesOfOneType) {
  EXPECT_EQ(where("tags.n = 1"), "a");
  EXPECT_EQ(where("tags.n = '1'"), "c");
  EXPECT_EQ(where("tags.n > 0"), "ab");
  EXPECT_EQ(where("tags.on = true"), "a");
  EXPECT_EQ(where("tags.on = 1"), "");
  EXPECT_EQ(where("tags.n != 1"), "b");
  EXPECT_EQ(where("tags.deep = tags.deep"), "");
}

TEST_F(Queries, KeepOnlyWhatIsExactlyTrue) {
  EXPECT_EQ(where("tags.site != 'munich'"), "b");
  EXPECT_EQ(where("NOT tags.site = 'munich'"), "b");
  EXPECT_EQ(where("tags.site != 'munich' OR NOT is_defined(tags.site)"), "bcd");
  EXPECT_EQ(where("tags.site = 'x' AND tags.nothing = 1"), "");
  EXPECT_EQ(where("tags.on"), "a");
  EXPECT_EQ(where("tags.nothing = undefined"), "");
}

TEST_F(Queries, TakeEveryFormOfMembership) {
  EXPECT_EQ(where("deviceId IN ['a', 'd', 'x']"), "ad");
  EXPECT_EQ(where("tags.site IN ['rome']"), "b");
  EXPECT_EQ(where("tags.site NIN ['rome']"), "a");
  EXPECT_EQ(where("tags.site NOT IN ['rome']"), "a");
  EXPECT_EQ(where("NOT tags.site IN ['rome']"), "a");
  EXPECT_EQ(where("tags.n IN [1, '1']"), "ac");
}

TEST_F(Queries, KnowFunctionsAndArithmetic) {
  EXPECT_EQ(where("STARTSWITH(tags.site, 'mu')"), "a");
  EXPECT_EQ(where("endswith(tags.site, 'me')"), "b");
  EXPECT_EQ(where("CONTAINS(tags.site, 'o')"), "b");
  EXPECT_EQ(where("ARRAY_CONTAINS(tags.list, 'two')"), "a");
  EXPECT_EQ(where("ARRAY_CONTAINS(tags.list, '1')"), "");
  EXPECT_EQ(where("IS_STRING(tags.n)"), "c");
  EXPECT_EQ(where("NOT IS_NUMBER(tags.n)"), "cd");
  EXPECT_EQ(where("LENGTH(tags.site) = 6"), "a");
  EXPECT_EQ(where("tags.n * 2 + 1 = 6"), "b");
  EXPECT_EQ(where("tags.n / 0 = 1"), "");
  EXPECT_EQ(where("-tags.n < -2"), "b");
}

TEST_F(Queries, TakeATextForTheNumberThatItWrites) {
  EXPECT_EQ(where("AS_NUMBER(tags.n) = 1"), "ac");
  EXPECT_EQ(where("AS_NUMBER('-2.5e1') = -25 AND tags.on"), "a");
  EXPECT_EQ(where("IS_DEFINED(AS_NUMBER(tags.on))"), "");
  for (const char* text : {"''", "'x'", "'01'", "'0x1'", "'1e999'", "'[1]'", "'1 2'", "null", "[1]"}) {
    EXPECT_EQ(where(std::string("IS_DEFINED(AS_NUMBER(") + text + "))"), "") << text;
  }
}

TEST_F(Queries, CalculateAsPeopleExpect) {
  EXPECT_EQ(where("tags.n % 1 = 0.5"), "b");
  EXPECT_EQ(where("1e1+1 = 11 AND tags.on"), "a") << "an exponent ends where its digits do";
  EXPECT_EQ(where("ABS(-9223372036854775807 - 1) > 0 AND tags.on"), "a");
  EXPECT_EQ(where("IS_DEFINED(1e300*1e300 - 1e300*1e300)"), "");
  EXPECT_EQ(where("SUBSTRING(tags.site, 1, 2) = 'un'"), "a");
  EXPECT_EQ(where("SUBSTRING(tags.site, 4294967297, 2) = ''"), "ab");
  EXPECT_EQ(where("IS_DEFINED(SUBSTRING(tags.site, -1, 2))"), "");
}

TEST_F(Queries, GroupEqualNumbersHoweverTheyAreWritten) {
  hub_.create_device("e", {{"n", 1.0}});
  EXPECT_THAT(rows("SELECT COUNT() AS c FROM devices WHERE IS_NUMBER(tags.n) GROUP BY tags.n"),
              testing::UnorderedElementsAre(Json{{"c", 2}}, Json{{"c", 1}}));
  EXPECT_EQ(rows("SELECT COUNT() AS c FROM devices GROUP BY cloudToDeviceMessageCount").dump(), R"([{"c":5}])");
}

TEST_F(Queries, SumWhatNoIntegerHolds) {
  hub_.create_device("e", {{"huge", 1.7e308}});
  hub_.create_device("f", {{"huge", 1.7e308}});
  EXPECT_EQ(rows("SELECT SUM(tags.huge), AVG(tags.huge) FROM devices").dump(), "[{}]");
  EXPECT_EQ(rows("SELECT SUM(tags.n) FROM devices WHERE tags.on").dump(), R"([{"sum":1}])");
}

TEST_F(Queries, ReadNamesAsTheHubDoes) {
  EXPECT_EQ(where("ID = 'a'"), "a");
  EXPECT_EQ(rows("SELECT TAGS.deep, Properties.Desired.$version AS v FROM devices WHERE id = 'a'").dump(),
            R"([{"deep":{"xy":0},"v":1}])");
  EXPECT_TRUE(rows("SELECT Properties.DESIRED FROM devices WHERE id = 'a'").at(0).contains("desired"));
  EXPECT_EQ(where("DEVICEID = 'a'"), "a");
  EXPECT_EQ(where("devices.deviceId = 'a'"), "a");
  EXPECT_EQ(where("id = 'a'"), "a");
  EXPECT_EQ(where("tags.Site = 'munich'"), "");
  EXPECT_EQ(where("tags.[[group]] = 'g'"), "b");
  EXPECT_EQ(where("tags.group = 'g'"), "!!") << "an error object has two members";
  EXPECT_EQ(where("properties.desired.$version = 1"), "abcd");
  EXPECT_EQ(where("properties.desired.$metadata.$lastUpdated >= '2026-01-01T00:00:00.0000000Z'"), "abcd");
  EXPECT_EQ(where("capabilities.iotEdge = false"), "abcd");
  EXPECT_EQ(where("etag = 'AAAAAAAAAAE='"), "d");
}

TEST_F(Queries, ReadStringsWithEveryQuoteAndEscape) {
  hub_.create_device("e", {{"q", "it's \"é\""}});

  EXPECT_EQ(where(R"(tags.q = 'it\'s "\u00e9"')"), "e");
  EXPECT_EQ(where(R"(tags.q = 'it''s "é"')"), "e");
  EXPECT_EQ(where(R"(tags.q = "it's ""é""")"), "e");
}

TEST_F(Queries, NameTheMembersOfARow) {
  EXPECT_EQ(rows("SELECT DeviceId, tags.site, tags.n AS number FROM devices WHERE deviceId = 'b'").dump(),
            R"([{"deviceId":"b","site":"rome","number":2.5}])");
  EXPECT_EQ(rows("SELECT tags.site FROM devices WHERE deviceId = 'd'").dump(), "[{}]");
  EXPECT_EQ(rows("SELECT tags.deep, tags.on, tags.list FROM devices WHERE deviceId = 'a'").dump(),
            R"([{"deep":{"xy":0},"on":true,"list":[1,"two"]}])");
  EXPECT_EQ(
      rows("SELECT X509Thumbprint.primaryThumbprint AS p, x509thumbprint FROM devices WHERE deviceId = 'a'").dump(),
      R"([{"p":null,"x509Thumbprint":{"primaryThumbprint":null,"secondaryThumbprint":null}}])");
}

TEST_F(Queries, AggregateAndGroup) {
  EXPECT_EQ(rows("SELECT COUNT() AS n FROM devices").dump(), R"([{"n":4}])");
  EXPECT_EQ(rows("SELECT SUM(tags.n) AS s, AVG(tags.n) AS a, MIN(tags.n) AS l, MAX(tags.n) AS h FROM devices").dump(),
            R"([{"s":3.5,"a":1.75,"l":1,"h":2.5}])");
  EXPECT_EQ(rows("SELECT AVG(tags.site) FROM devices").dump(), "[{}]");
  const Json groups = rows("SELECT tags.site AS site, COUNT() AS n FROM devices GROUP BY tags.site");
  EXPECT_THAT(groups, testing::UnorderedElementsAre(Json{{"n", 2}}, Json{{"site", "munich"}, {"n", 1}},
                                                    Json{{"site", "rome"}, {"n", 1}}));
}

TEST_F(Queries, GoPageByPageAndOmitTheTokenOnTheLast) {
  HttpResponse page = ask("SELECT deviceId FROM devices", {{"x-ms-max-item-count", "2"}});
  ASSERT_EQ(page.body, R"([{"deviceId":"a"},{"deviceId":"b"}])");
  EXPECT_EQ(header(page.headers, "x-ms-item-type"), "Raw");

  const std::string token(header(page.headers, "x-ms-continuation"));
  page = ask("SELECT deviceId FROM devices", {{"x-ms-max-item-count", "2"}, {"x-ms-continuation", token}});
  EXPECT_EQ(page.body, R"([{"deviceId":"c"},{"deviceId":"d"}])");
  EXPECT_FALSE(page.headers.contains("x-ms-continuation"));

  EXPECT_EQ(ask("SELECT * FROM devices", {{"x-ms-continuation", token}}).status, 400) << "another query's token";
}

TEST_F(Queries, LimitTheTotalByTopOverAllPages) {
  HttpResponse page = ask("SELECT TOP 3 deviceId FROM devices", {{"x-ms-max-item-count", "2"}});
  const std::string token(header(page.headers, "x-ms-continuation"));
  page = ask("SELECT TOP 3 deviceId FROM devices", {{"x-ms-max-item-count", "2"}, {"x-ms-continuation", token}});

  EXPECT_EQ(page.body, R"([{"deviceId":"c"}])");
  EXPECT_FALSE(page.headers.contains("x-ms-continuation"));
  EXPECT_EQ(rows("SELECT TOP 0 * FROM devices").size(), 0U);
}

TEST_F(Queries, GiveWholeTwins) {
  const HttpResponse page = ask("SELECT * FROM devices WHERE deviceId = 'a'");

  EXPECT_EQ(header(page.headers, "x-ms-item-type"), "Twin");
  EXPECT_EQ(Json::parse(page.body).at(0), hub_.twin("a"));
  EXPECT_THAT(rows("SELECT * FROM devices.modules"), IsEmpty());
}

TEST_F(Queries, RefuseWhatIsNoQueryAndSayWhere) {
  for (const char* text :
       {"SELECT", "SELECT * FROM", "SELECT * FROM nowhere", "SELECT * FROM devices ORDER BY deviceId",
        "SELECT DISTINCT deviceId FROM devices", "SELECT * FROM devices WHERE",
        "SELECT * FROM devices WHERE a = ", "SELECT * FROM devices WHERE a = 'x",
        "SELECT * FROM devices WHERE a IN ('x')", "SELECT * FROM devices; DROP TABLE twins",
        "SELECT * FROM devices WHERE NOSUCH(a)", "SELECT COUNT(*) FROM devices",
        "SELECT deviceId, COUNT() FROM devices", "SELECT * FROM devices WHERE tags['x'] = 1",
        "SELECT * FROM devices WHERE STARTSWITH(a)", "SELECT * FROM devices WHERE 1 = = 2"}) {
    const HttpResponse response = ask(text);
    EXPECT_EQ(response.status, 400) << text;
    EXPECT_THAT(response.body, testing::HasSubstr("Line 1:")) << text;
  }
}

TEST_F(Queries, HaveAtMost8192Characters) {
  const auto status = [&](int characters) {
    std::string text = "SELECT * FROM devices WHERE deviceId = '";
    for (auto i = text.size() + 1; i < static_cast<std::size_t>(characters); ++i) text += "ü";
    return ask(text + "'").status;
  };
  EXPECT_EQ(status(8192), 200);
  EXPECT_EQ(status(8193), 400);
}

TEST_F(Queries, SurviveTextsThatAreMeantToHurt) {
  const auto repeat = [](const std::string& part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += part;
    return text;
  };
  EXPECT_EQ(ask("SELECT * FROM devices WHERE " + repeat("(", 4000) + "1" + repeat(")", 4000)).status, 400);
  EXPECT_EQ(ask("SELECT * FROM devices WHERE " + repeat("NOT ", 1500) + "true").status, 400);
  EXPECT_EQ(ask("SELECT * FROM devices WHERE " + repeat("(1=", 50) + "1" + repeat(")", 50)).status, 400);
  EXPECT_EQ(ask("SELECT * FROM devices WHERE 1" + repeat("+1", 3000) + " = 2").status, 400);
  EXPECT_EQ(ask("SELECT * FROM devices WHERE " + repeat("x", 9000)).status, 400);
  EXPECT_EQ(ask("SELECT * FROM devices WHERE deviceId='a'" + repeat(" OR id='a'", 700)).status, 200);
  EXPECT_EQ(ask("SELECT * FROM devices WHERE deviceId IN ['a'" + repeat(",'b'", 1900) + "]").status, 200);
}

TEST_F(Queries, SurviveWhatTheStoreCannotHold) {
  const auto repeat = [](const std::string& part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += part;
    return text;
  };
  std::string sums = "1";
  for (int i = 0; i < 10; ++i) sums = "(" + sums + repeat("+1", 60) + ")";
  const std::string calls = repeat("LOWER(", 14) + "'A'" + repeat(")", 14);
  for (const std::string& condition :
       std::vector<std::string>{sums + " > 0", calls + " = 'a'", "tags.[[a\u0000b]] = 1"}) {
    const std::string body = R"({"query":"SELECT * FROM devices WHERE )" + condition + "\"}";
    const int status = hub_.call("POST", "/devices/query", Json::parse(body)).status;
    EXPECT_TRUE(status == 200 || status == 400) << status << " " << condition;
  }
  EXPECT_EQ(ask("SELECT id" + repeat(",id", 2500) + " FROM devices").status, 400);
  EXPECT_EQ(ask("SELECT COUNT() FROM devices GROUP BY id" + repeat(",id", 2500)).status, 400);
}

TEST_F(Queries, OfJobsFailTheJobWhereTheStoreCannotHoldThem) {
  std::string sums = "1";
  for (int i = 0; i < 10; ++i) {
    std::string terms;
    for (int j = 0; j < 60; ++j) terms += "+1";
    sums = "(" + sums + terms + ")";
  }
  const auto job = hub_.call("PUT", "/jobs/v2/deep",
                             {{"type", "scheduleUpdateTwin"},
                              {"queryCondition", sums + " > 0"},
                              {"updateTwin", {{"tags", {{"x", 1}}}, {"etag", "*"}}}});
  ASSERT_EQ(job.status, 200) << job.body;
  hub_.run_due();
  const Json failed = hub_.json("GET", "/jobs/v2/deep");
  EXPECT_EQ(failed["status"], "failed");
  EXPECT_THAT(failed["failureReason"].get<std::string>(), testing::HasSubstr("too complex"));
}

TEST(CompileCondition, SelectsEveryDeviceByAStar) { EXPECT_EQ(compile_condition(" * ").sql, "1"); }

}  // namespace
}  // namespace fwctl::localhub
