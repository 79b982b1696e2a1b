#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cmd/fwctl/schemas.hpp"
#include "tests/support/run_fwctl.hpp"

namespace fwctl::cli {
namespace {

using test::FlakyHub;
using test::run_fwctl;
using Json = test::HubFixture::Json;

class Schemas : public testing::Test {
 protected:
  std::string out_of(const std::vector<std::string>& arguments) {
    const test::Outcome outcome = run_fwctl(hub_, arguments, {.env = {{"IOTHUB_CONNECTION_STRING", ""}}});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
    return outcome.out;
  }

  FlakyHub hub_;
};

TEST_F(Schemas, AreListedWithWhatPrintsThem) {
  const Json list = Json::parse(out_of({"schema", "-o", "json"})).at("schemas");

  ASSERT_EQ(list.size(), schemas().size());
  for (const Json& schema : list) EXPECT_NE(schema.at("describes"), "") << schema;
  EXPECT_THAT(out_of({"schema"}), testing::ContainsRegex("\njob-devices +job devices -o json\n"));
}

TEST_F(Schemas, AreTheSameInEveryForm) {
  for (const Schema& schema : schemas()) {
    const Json text = Json::parse(out_of({"schema", schema.name}));

    EXPECT_EQ(text.at("$id"), "urn:fwctl:schema:" + schema.name);
    for (const char* form : {"json", "jsonl", "tsv"}) {
      EXPECT_EQ(Json::parse(out_of({"schema", schema.name, "-o", form})), text) << form;
    }
  }
}

TEST_F(Schemas, StandAlone) {
  for (const Schema& schema : schemas()) {
    const std::string text = out_of({"schema", schema.name});
    const Json document = Json::parse(text);
    const std::string mark = "\"$ref\": \"#/$defs/";
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
      const auto name = text.substr(at + mark.size(), text.find('"', at + mark.size()) - at - mark.size());
      EXPECT_TRUE(document.at("$defs").contains(name)) << schema.name << " refers to " << name;
    }
  }
}

}  // namespace
}  // namespace fwctl::cli
