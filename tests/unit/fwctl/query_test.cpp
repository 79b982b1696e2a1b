#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fwctl/iothub/query_text.hpp"
#include "tests/support/run_fwctl.hpp"

namespace fwctl::cli {
namespace {

using test::FlakyHub;
using test::Outcome;
using test::run_fwctl;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Json = test::HubFixture::Json;

class Queries : public testing::Test {
 protected:
  void create_devices(int count) {
    for (int i = 1; i <= count; ++i) hub_.create_device("device-" + std::to_string(i), {{"n", i}});
  }
  Outcome run(const std::vector<std::string>& arguments) { return run_fwctl(hub_, arguments); }

  FlakyHub hub_;
};

constexpr const char* all_ids = "SELECT deviceId FROM devices";

TEST_F(Queries, PrintEveryPage) {
  create_devices(250);

  const Outcome outcome = run({"query", all_ids, "-o", "json"});

  EXPECT_THAT(outcome.json().at("rows"), SizeIs(250));
  EXPECT_THAT(hub_.requests, SizeIs(3));
}

TEST_F(Queries, StopAskingAtTheLimit) {
  create_devices(250);

  EXPECT_THAT(run({"query", all_ids, "--limit", "150", "-o", "json"}).json().at("rows"), SizeIs(150));
  EXPECT_THAT(hub_.requests, SizeIs(2));
}

TEST_F(Queries, AreLinesOfWholeDocuments) {
  create_devices(2);

  const Outcome outcome = run({"query", all_ids, "-o", "jsonl"});

  EXPECT_EQ(outcome.out,
            "{\"schemaVersion\":1,\"row\":{\"deviceId\":\"device-1\"}}\n"
            "{\"schemaVersion\":1,\"row\":{\"deviceId\":\"device-2\"}}\n");
}

TEST_F(Queries, AreTablesOfWhatTheRowsHold) {
  create_devices(2);

  EXPECT_EQ(run({"query", "SELECT deviceId AS id, tags.n AS n FROM devices"}).out,
            "id        n\n"
            "device-1  1\n"
            "device-2  2\n");
}

TEST_F(Queries, SayWhenATableLeavesOutWhatOnlyLaterRowsHave) {
  create_devices(100);
  hub_.create_device("last", {{"extra", 1}});

  const Outcome outcome = run({"query", "SELECT deviceId, tags.extra AS extra FROM devices"});

  EXPECT_THAT(outcome.out, HasSubstr("\nlast"));
  EXPECT_THAT(outcome.err, HasSubstr("-o jsonl shows all"));
}

TEST_F(Queries, OfWholeTwinsShowWhatPeopleLookFor) {
  create_devices(1);

  EXPECT_THAT(run({"query", "SELECT * FROM devices"}).out, testing::StartsWith("DEVICE    STATUS   CONNECTION"));
}

TEST_F(Queries, ThatBreakInTheMiddleLeaveValidJsonThatSaysSo) {
  create_devices(150);
  hub_.let_through();
  hub_.answer(1, {.status = 401, .headers = {}, .body = "{}"});

  const Outcome outcome = run({"query", all_ids, "-o", "json"});

  EXPECT_EQ(outcome.code, ExitCode::denied);
  EXPECT_THAT(outcome.json().at("rows"), SizeIs(100));
  EXPECT_EQ(outcome.json().at("incomplete"), true);
}

TEST_F(Queries, WithoutRowsAreEmptyDocuments) {
  EXPECT_THAT(run({"query", all_ids, "-o", "json"}).json().at("rows"), IsEmpty());
  EXPECT_EQ(run({"query", all_ids, "-o", "jsonl"}).out, "");
}

TEST_F(Queries, DisarmWhatWouldMoveTheCursor) {
  hub_.create_device("a", {{"evil", "\x1b[2J\nfake\tcell\xe2\x80\xae"}});

  for (const char* form : {"table", "tsv"}) {
    const std::string out = run({"query", "SELECT tags.evil AS evil FROM devices", "-o", form}).out;
    EXPECT_EQ(out, "evil\n\\u001b[2J\\nfake\\tcell\\u202e\n");
  }
}

TEST(QuoteLiteral, KeepsAnyTextInsideItsQuotes) {
  EXPECT_EQ(iothub::quote_literal("it's"), R"('it\'s')");
  EXPECT_EQ(iothub::quote_literal(R"(\' OR 1=1)"), R"('\\\' OR 1=1')");
  EXPECT_EQ(iothub::quote_literal("a\nb"), R"('a\u000ab')");
}

TEST_F(Queries, FindADeviceByItsQuotedName) {
  hub_.create_device("it's");
  hub_.create_device("its");

  const Json rows =
      run({"query", "SELECT deviceId FROM devices WHERE deviceId = " + iothub::quote_literal("it's"), "-o", "json"})
          .json()
          .at("rows");

  EXPECT_EQ(rows, Json::array({{{"deviceId", "it's"}}}));
}

}  // namespace
}  // namespace fwctl::cli
