#include "cmd/common/connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/run_fwctl.hpp"

namespace fwctl::cli {
namespace {

using test::FlakyHub;
using test::Outcome;
using test::run_fwctl;
using testing::HasSubstr;
using testing::Not;

constexpr const char* elsewhere = "HostName=elsewhere;SharedAccessKeyName=iothubowner;SharedAccessKey=d3Jvbmc=";

class Connection : public testing::Test {
 protected:
  ExitCode list(std::vector<std::string> flags, std::map<std::string, std::string> env, std::string input = {}) {
    flags.insert(flags.begin(), {"job", "list"});
    outcome_ = run_fwctl(hub_, flags, {.env = std::move(env), .input = std::move(input)});
    return outcome_.code;
  }

  FlakyHub hub_;
  Outcome outcome_;
};

TEST_F(Connection, ComesFromTheFirstPlaceThatHasIt) {
  const std::string good = hub_.connection_string();

  EXPECT_EQ(list({"--connection-string", good}, {{"FWCTL_CONNECTION_STRING", elsewhere}}), ExitCode::ok);
  EXPECT_EQ(list({"--connection-string-file", "-"}, {{"FWCTL_CONNECTION_STRING", elsewhere}}, good + "\n"),
            ExitCode::ok);
  EXPECT_EQ(list({}, {{"FWCTL_CONNECTION_STRING", good}, {"IOTHUB_CONNECTION_STRING", elsewhere}}), ExitCode::ok);
  EXPECT_EQ(list({}, {{"FWCTL_CONNECTION_STRING_FILE", "-"}, {"IOTHUB_CONNECTION_STRING", elsewhere}}, good),
            ExitCode::ok);
  EXPECT_EQ(list({}, {{"IOTHUB_CONNECTION_STRING", elsewhere}}), ExitCode::denied);
}

TEST_F(Connection, OnTheLineIsWarnedOf) {
  list({"--connection-string", hub_.connection_string()}, {});

  EXPECT_THAT(outcome_.err, HasSubstr("ps can see"));
  EXPECT_THAT(outcome_.err, Not(HasSubstr(FlakyHub::key)));
}

TEST_F(Connection, ThatIsMissingIsAskedFor) {
  EXPECT_EQ(list({}, {{"IOTHUB_CONNECTION_STRING", ""}}), ExitCode::usage);
  EXPECT_THAT(outcome_.err, HasSubstr("hint: set IOTHUB_CONNECTION_STRING"));
}

TEST_F(Connection, OfADeviceIsRefusedByName) {
  EXPECT_EQ(list({}, {{"IOTHUB_CONNECTION_STRING", "HostName=h;DeviceId=d;SharedAccessKey=c2VjcmV0"}}),
            ExitCode::usage);
  EXPECT_THAT(outcome_.err, HasSubstr("device's connection string"));
  EXPECT_THAT(outcome_.err, Not(HasSubstr("c2VjcmV0")));
}

TEST_F(Connection, NeedsACaFileThatIsOne) {
  EXPECT_EQ(list({"--ca-file", "/nonexistent.pem"}, {}), ExitCode::usage);
  EXPECT_EQ(list({"--ca-file", "/dev/null"}, {}), ExitCode::usage);
  EXPECT_TRUE(hub_.requests.empty());
}

TEST(WithoutPort, KeepsTheHost) {
  EXPECT_EQ(without_port("localhost:8443"), "localhost");
  EXPECT_EQ(without_port("hub.azure-devices.net"), "hub.azure-devices.net");
  EXPECT_EQ(without_port("[::1]:8443"), "[::1]");
  EXPECT_EQ(without_port("[::1]"), "[::1]");
  EXPECT_EQ(without_port("::1"), "::1");
}

std::string proxy(const std::string& host, std::map<std::string, std::string> env) {
  return proxy_for(host, [env = std::move(env)](const std::string& name) -> std::optional<std::string> {
    const auto found = env.find(name);
    return found == env.end() ? std::nullopt : std::optional(found->second);
  });
}

TEST(Proxy, IsTakenAsCurlTakesIt) {
  EXPECT_EQ(proxy("h.net", {}), "");
  EXPECT_EQ(proxy("h.net:8443", {{"HTTPS_PROXY", "http://p:1"}}), "http://p:1");
  EXPECT_EQ(proxy("h.net", {{"HTTPS_PROXY", "http://p:1"}, {"https_proxy", "q:2"}}), "http://q:2");
  EXPECT_EQ(proxy("localhost:8443", {{"HTTPS_PROXY", "http://p:1"}}), "http://p:1");
  EXPECT_THROW(proxy("h.net", {{"HTTPS_PROXY", "socks5://p:1"}}), UsageError);
}

TEST(Proxy, IsPassedByHostsThatNoProxyNames) {
  const auto with = [](const std::string& host, const std::string& list) {
    return proxy(host, {{"HTTPS_PROXY", "http://p:1"}, {"NO_PROXY", list}});
  };
  EXPECT_EQ(with("a.h.net:8443", "x, h.net"), "");
  EXPECT_EQ(with("a.H.net", ".h.NET"), "");
  EXPECT_EQ(with("ah.net", "h.net"), "http://p:1");
  EXPECT_EQ(with("anything", "*"), "");
  EXPECT_EQ(with("[::1]:8443", "::1"), "");
}

}  // namespace
}  // namespace fwctl::cli
