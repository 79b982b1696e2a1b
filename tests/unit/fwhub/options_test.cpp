#include "cmd/fwhub/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace fwctl::fwhub {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct Outcome {
  Parsed parsed;
  std::string out;
  std::string err;
};

Outcome parse_line(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  Parsed parsed = parse(arguments, "/state/fwhub", out, err);
  return {std::move(parsed), out.str(), err.str()};
}

TEST(FwhubOptions, HaveDefaults) {
  const Outcome outcome = parse_line({"serve"});
  ASSERT_FALSE(outcome.parsed.exit_code);
  const localhub::ServerOptions& serve = outcome.parsed.serve;
  EXPECT_EQ(serve.data_dir, "/state/fwhub");
  EXPECT_EQ(serve.address, "127.0.0.1");
  EXPECT_EQ(serve.https_port, 8443);
  EXPECT_EQ(serve.mqtt_port, 8883);
  EXPECT_FALSE(serve.control_port);
  EXPECT_EQ(localhub::to_json(serve.switches), localhub::to_json({}));
}

TEST(FwhubOptions, HaveOneForEverySwitch) {
  const Outcome outcome =
      parse_line({"serve", "--tier", "S2", "--units", "4", "--retry-after", "--error-503", "0.5", "--latency-ms", "20",
                  "--clock-offset-s", "-60", "--control-port", "0", "--switches", "s.json"});
  ASSERT_FALSE(outcome.parsed.exit_code) << outcome.err;
  const localhub::ServerOptions& serve = outcome.parsed.serve;
  EXPECT_EQ(serve.switches.tier, "S2");
  EXPECT_EQ(serve.switches.units, 4);
  EXPECT_TRUE(serve.switches.retry_after);
  EXPECT_EQ(serve.switches.error_503, 0.5);
  EXPECT_EQ(serve.switches.latency_ms, 20);
  EXPECT_EQ(serve.switches.clock_offset_s, -60);
  EXPECT_EQ(serve.control_port, 0);
  EXPECT_EQ(serve.switches_file, "s.json");

  const std::string help = parse_line({"serve", "--help"}).out;
  for (const localhub::SwitchField& field : localhub::switch_fields()) EXPECT_THAT(help, HasSubstr(field.option));
}

TEST(FwhubOptions, ThatAreWrongAreOneLineAndCodeTwo) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{{},
                                                                     {"serve", "--error-503", "2"},
                                                                     {"serve", "--tier", "S9"},
                                                                     {"serve", "--units", "many"},
                                                                     {"serve", "--https-port", "70000"},
                                                                     {"serve", "--nonsense"},
                                                                     {"nonsense"}}) {
    const Outcome outcome = parse_line(arguments);
    EXPECT_EQ(outcome.parsed.exit_code, 2);
    EXPECT_THAT(outcome.out, IsEmpty());
    EXPECT_THAT(outcome.err, HasSubstr("fwhub: "));
    EXPECT_THAT(outcome.err, HasSubstr("hint: "));
  }
}

TEST(FwhubOptions, AnswerForThemselves) {
  EXPECT_EQ(parse_line({"--version"}).parsed.exit_code, 0);
  EXPECT_THAT(parse_line({"--version"}).out, HasSubstr("fwhub "));
}

}  // namespace
}  // namespace fwctl::fwhub
