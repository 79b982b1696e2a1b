#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "fwctl/iothub/error.hpp"
#include "fwctl/iothub/hub_client.hpp"
#include "tests/unit/iothub/recording_transport.hpp"

namespace fwctl::iothub {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Rows = std::vector<std::string>;

/// What a query makes of a page with this body.
Rows rows_of(const std::string& body) {
  std::vector<HttpRequest> sent;
  test::FakeClock clock;
  test::RecordingTransport transport(sent, [&](const HttpRequest&) { return HttpResponse{200, {}, body}; });
  return *HubClient(transport, clock, "fwctl/test").query("SELECT * FROM devices").next();
}

std::string refusal_of(const std::string& body) {
  try {
    rows_of(body);
    return "taken";
  } catch (const ProtocolError& error) {
    return error.what();
  }
}

std::string nested(std::size_t depth, const std::string& open, const std::string& close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += open;
  for (std::size_t i = 0; i < depth; ++i) text += close;
  return text;
}

TEST(Rows, OfAnEmptyPageAreNone) {
  EXPECT_THAT(rows_of("[]"), IsEmpty());
  EXPECT_THAT(rows_of(" [ \r\n ] \n"), IsEmpty());
}

TEST(Rows, AreTheTextsThatTheHubWrote) {
  EXPECT_THAT(rows_of(R"([{"b":1,"a":{"b":[1,[2,{}],[]]}},"text",-0.5e+10,true,false,null,[],[[1],2]])"),
              ElementsAre(R"({"b":1,"a":{"b":[1,[2,{}],[]]}})", R"("text")", "-0.5e+10", "true", "false", "null", "[]",
                          "[[1],2]"));
}

TEST(Rows, AreNotCutAtBracketsAndQuotesWithinStrings) {
  EXPECT_THAT(rows_of(R"(["a\"],[{","\\","\\\"}",{"]":"[","}{":"\\"}])"),
              ElementsAre(R"("a\"],[{")", R"("\\")", R"("\\\"}")", R"({"]":"[","}{":"\\"})"));
}

TEST(Rows, EndWhereAStringEndsWhateverItsLength) {
  for (std::size_t length = 0; length < 40; ++length) {
    const std::string text = '"' + std::string(length, 'x') + '"';
    EXPECT_THAT(rows_of("[" + text + "," + text + "]"), ElementsAre(text, text));
  }
}

TEST(Rows, KeepTheSpellingOfNumbers) {
  EXPECT_THAT(rows_of("[1.0,1e400,123456789012345678901234567890,-0,0.10,1E-5]"),
              ElementsAre("1.0", "1e400", "123456789012345678901234567890", "-0", "0.10", "1E-5"));
}

TEST(Rows, KeepMembersThatStandTwice) { EXPECT_THAT(rows_of(R"([{"a":1,"a":2}])"), ElementsAre(R"({"a":1,"a":2})")); }

TEST(Rows, AreOneLineEach) {
  EXPECT_THAT(rows_of("[\n  {\r\n\t\"a\" :\n 1 }\n,\n2]"), ElementsAre("{  \t\"a\" :  1 }", "2"));
}

TEST(Rows, MayFollowAByteOrderMark) { EXPECT_THAT(rows_of("\xEF\xBB\xBF[1]"), ElementsAre("1")); }

TEST(Rows, KeepEveryLanguage) {
  const std::string text = "\"\xC3\xBC \xE2\x80\xA8 \xE6\xB8\xA9 \xF0\x9F\x98\x80 \x7F\"";
  EXPECT_THAT(rows_of("[" + text + "]"), ElementsAre(text));
}

TEST(Rows, HaveAReplacementForWhatIsNotUtf8) {
  EXPECT_THAT(rows_of("[{\"a\":\"x\xFFy\"},\"\xC3\"]"), ElementsAre("{\"a\":\"x\xEF\xBF\xBDy\"}", "\"\xEF\xBF\xBD\""));
}

TEST(Rows, HaveAReplacementForHalfASurrogatePair) {
  EXPECT_THAT(
      rows_of(R"(["\ud83d\ude00","\uD83D","\uDE00\uD83D","\ud83d\ud83d\ude00","\ud83dA"])"),
      ElementsAre(R"("\ud83d\ude00")", R"("\ufffd")", R"("\ufffd\ufffd")", R"("\ufffd\ud83d\ude00")", R"("\ufffdA")"));
}

TEST(Rows, AreReadByOthersAsTheSameJson) {
  const std::string page =
      R"([{"deviceId":"d/1","tags":{"a":"\u00e4\\\/\b\f\n\r\t"},"properties":{"desired":{"$version":3}}},[1.5e3,{}]])";

  const auto whole = nlohmann::json::parse(page);
  const Rows rows = rows_of(page);

  ASSERT_EQ(rows.size(), whole.size());
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(nlohmann::json::parse(rows[i]), whole[i]);
}

TEST(Rows, AreRefusedWhenThePageIsNotJson) {
  using namespace std::string_literals;
  for (const std::string& body : {""s,
                                  " "s,
                                  "["s,
                                  "[1"s,
                                  "[1,"s,
                                  "[1,]"s,
                                  "[,1]"s,
                                  "[1 2]"s,
                                  "[1]]"s,
                                  "[1] 2"s,
                                  "[1]\0"s,
                                  "[\"a"s,
                                  "[\"a\\"s,
                                  "[\"a\\\"]"s,
                                  "[\"\\x\"]"s,
                                  "[\"\\u12\"]"s,
                                  "[\"\\u12g4\"]"s,
                                  "[\"\\ud83d\\u12\"]"s,
                                  "[\"a\nb\"]"s,
                                  "[\"a\0b\"]"s,
                                  "[\"a\\\0\"]"s,
                                  "[{]"s,
                                  "[{\"a\"}]"s,
                                  "[{\"a\":}]"s,
                                  "[{\"a\":1,}]"s,
                                  "[{a:1}]"s,
                                  "[{1:1}]"s,
                                  "[{\"a\" 1}]"s,
                                  "[{\"a\":1]"s,
                                  "[[1}]"s,
                                  "[01]"s,
                                  "[1.]"s,
                                  "[.5]"s,
                                  "[1e]"s,
                                  "[1e+]"s,
                                  "[-]"s,
                                  "[+1]"s,
                                  "[NaN]"s,
                                  "[Infinity]"s,
                                  "[tru]"s,
                                  "[truely]"s,
                                  "[nul"s,
                                  "['a']"s,
                                  "[1]//"s,
                                  "[0x10]"s,
                                  "<html></html>"s,
                                  "\xEF\xBB[1]"s,
                                  "\xFF[1]"s,
                                  "[1]\xEF\xBB\xBF"s}) {
    EXPECT_THAT(refusal_of(body), HasSubstr("is not JSON")) << body;
  }
}

TEST(Rows, AreRefusedWhenThePageIsCutAnywhere) {
  const std::string page = R"([{"a":"\u00e4\"","b":[1.5,true,null]},{"c":{}}])";
  for (std::size_t length = 0; length < page.size(); ++length) {
    EXPECT_THAT(refusal_of(page.substr(0, length)), HasSubstr("is not JSON")) << length;
  }
}

TEST(Rows, AreRefusedWhenThePageIsNoArray) {
  for (const char* body : {R"({"a":[1]})", "\"text\"", "1", "null"}) {
    EXPECT_THAT(refusal_of(body), HasSubstr("is not a JSON array")) << body;
  }
}

TEST(Rows, AreRefusedWhenTheyAreTooDeep) {
  EXPECT_THAT(rows_of(nested(100, "[", "]")), testing::SizeIs(1));
  EXPECT_THAT(refusal_of(nested(101, "[", "]")), HasSubstr("nested deeper than 100 levels"));
  EXPECT_THAT(refusal_of("[" + nested(100, "{\"a\":", "}") + "]"), HasSubstr("nested deeper than 100 levels"));
  EXPECT_THAT(refusal_of(nested(1'000'000, "[", "")), HasSubstr("nested deeper than 100 levels"));
}

}  // namespace
}  // namespace fwctl::iothub
