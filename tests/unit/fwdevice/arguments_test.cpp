#include "cmd/fwdevice/arguments.hpp"

#include <gmock/gmock.h>

#include "fwctl/base/error.hpp"

namespace fwctl::device::cli {
namespace {

using testing::HasSubstr;

template <typename Command>
Command parse(const std::vector<std::string>& line) {
  return std::get<Command>(parse_arguments(line));
}

TEST(Arguments, ReadAFleet) {
  const auto fleet = parse<FleetArguments>({"fleet",
                                            "--count",
                                            "100",
                                            "--prefix",
                                            "chiller-",
                                            "--tags",
                                            R"({"devicetype":"chiller"})",
                                            "--time-scale",
                                            "100",
                                            "--seed",
                                            "7",
                                            "--error-share",
                                            "3%",
                                            "--hang-share",
                                            "0.5%",
                                            "--offline-share",
                                            "100%",
                                            "--lie-share=0%",
                                            "-o",
                                            "jsonl",
                                            "--mqtt-port",
                                            "18883",
                                            "--ca-file",
                                            "ca.pem",
                                            "--firmware-version",
                                            "2.0.0"});

  EXPECT_EQ(fleet.count, 100U);
  EXPECT_EQ(fleet.prefix, "chiller-");
  EXPECT_EQ(fleet.tags, R"({"devicetype":"chiller"})");
  EXPECT_EQ(fleet.seed, 7U);
  EXPECT_DOUBLE_EQ(fleet.shares.fail, 0.03);
  EXPECT_DOUBLE_EQ(fleet.shares.hang, 0.005);
  EXPECT_DOUBLE_EQ(fleet.shares.vanish, 1);
  EXPECT_DOUBLE_EQ(fleet.shares.lie, 0);
  EXPECT_DOUBLE_EQ(fleet.common.time_scale, 100);
  EXPECT_EQ(fleet.common.mqtt_port, 18'883);
  EXPECT_EQ(fleet.common.ca_file, "ca.pem");
  EXPECT_EQ(fleet.common.firmware_version, "2.0.0");
}

TEST(Arguments, ReadOneDevice) {
  const auto run = parse<RunArguments>({"run", "--state-file", "s.json", "--connection-string-file", "-"});

  EXPECT_EQ(run.state_file, "s.json");
  EXPECT_EQ(run.common.connection_string_file, "-");
  EXPECT_EQ(run.common.mqtt_port, 8883);
  EXPECT_DOUBLE_EQ(run.common.time_scale, 1);
}

TEST(Arguments, RefuseWhatMakesNoSense) {
  const std::vector<std::vector<std::string>> lines{{},
                                                    {"walk"},
                                                    {"run", "--bogus"},
                                                    {"run", "--mqtt-port", "0"},
                                                    {"run", "--mqtt-port", "65536"},
                                                    {"run", "--time-scale", "0"},
                                                    {"run", "--time-scale", "-1"},
                                                    {"run", "--time-scale", "nan"},
                                                    {"run", "--time-scale", "inf"},
                                                    {"run", "--firmware-version", ""},
                                                    {"fleet"},
                                                    {"fleet", "--count", "0"},
                                                    {"fleet", "--count", "-3"},
                                                    {"fleet", "--count", "100001"},
                                                    {"fleet", "--count", "1", "--error-share", "3"},
                                                    {"fleet", "--count", "1", "--error-share", "%"},
                                                    {"fleet", "--count", "1", "--error-share", "101%"},
                                                    {"fleet", "--count", "1", "--error-share", "-1%"},
                                                    {"fleet", "--count", "1", "--tags", "[]"},
                                                    {"fleet", "--count", "1", "--tags", "{"},
                                                    {"fleet", "--count", "1", "-o", "table"}};
  for (const auto& line : lines) {
    EXPECT_THROW(parse_arguments(line), UsageError) << testing::PrintToString(line);
  }
}

TEST(Arguments, ShowHelpWithAnExampleAndTheVersion) {
  EXPECT_THAT(parse<std::string>({"--help"}), HasSubstr("fleet"));
  EXPECT_THAT(parse<std::string>({"fleet", "--help"}), HasSubstr("fwdevice fleet --count 100"));
  EXPECT_THAT(parse<std::string>({"run", "--help"}), HasSubstr("fwdevice run --state-file"));
  EXPECT_THAT(parse<std::string>({"--version"}), testing::StartsWith("fwdevice "));
}

}  // namespace
}  // namespace fwctl::device::cli
