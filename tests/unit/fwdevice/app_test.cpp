#include "cmd/fwdevice/app.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "cmd/common/connection.hpp"
#include "cmd/fwdevice/state_file.hpp"
#include "fwctl/base/error.hpp"
#include "fwctl/iothub/error.hpp"
#include "tests/support/fake_clock.hpp"

namespace fwctl::device::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* service = "HostName=hub.example:8443;SharedAccessKeyName=owner;SharedAccessKey=MDEyMzQ1";

struct Refusing final : iothub::Transport {
  explicit Refusing(int given) : status(given) {}
  HttpResponse send(const iothub::Call&) override {
    if (status == 0) throw iothub::TransportError("no route", false);
    return {status, {}, ""};
  }
  int status;
};

class AppTest : public testing::Test {
 protected:
  ~AppTest() override { std::filesystem::remove_all(folder); }

  ExitCode run(const std::vector<std::string>& line) {
    std::istringstream in;
    World world{.out = out,
                .err = err,
                .in = in,
                .clock = clock,
                .env = [this](const std::string& name) -> std::optional<std::string> {
                  const auto found = env.find(name);
                  return found == env.end() ? std::nullopt : std::optional(found->second);
                },
                .connect =
                    [this](const iothub::HttpOptions& options) {
                      host = options.host;
                      return std::make_unique<Refusing>(status);
                    },
                .jitter = [] { return 0.5; },
                .stop = {}};
    return run_app(line, world);
  }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name) << text;
    return folder / name;
  }

  std::filesystem::path folder = [] {
    std::string name = (std::filesystem::temp_directory_path() / "fwdevice-test-XXXXXX").string();
    return std::filesystem::path(mkdtemp(name.data()));
  }();
  fwctl::test::FakeClock clock;
  std::map<std::string, std::string> env;
  int status = 500;
  std::string host;
  std::ostringstream out;
  std::ostringstream err;
};

TEST_F(AppTest, PrintsHelpOnStdout) {
  EXPECT_EQ(run({"--help"}), ExitCode::ok);

  EXPECT_THAT(out.str(), HasSubstr("Usage: fwdevice"));
  EXPECT_EQ(err.str(), "");
}

TEST_F(AppTest, EndsUsageErrorsWithTwoAndOneLine) {
  EXPECT_EQ(run({"fleet", "--count", "0"}), ExitCode::usage);

  EXPECT_THAT(err.str(), testing::StartsWith("fwdevice: --count"));
  EXPECT_EQ(out.str(), "");
}

TEST_F(AppTest, SaysWhereAConnectionStringMayComeFrom) {
  EXPECT_EQ(run({"run"}), ExitCode::usage);
  EXPECT_THAT(err.str(), HasSubstr("IOTHUB_DEVICE_CONNECTION_STRING"));

  EXPECT_EQ(run({"fleet", "--count", "1"}), ExitCode::usage);
  EXPECT_THAT(err.str(), HasSubstr("set IOTHUB_CONNECTION_STRING"));
}

TEST_F(AppTest, RefusesTheConnectionStringOfTheOtherKind) {
  env["IOTHUB_DEVICE_CONNECTION_STRING"] = service;

  EXPECT_EQ(run({"run"}), ExitCode::usage);

  EXPECT_THAT(err.str(), Not(HasSubstr("MDEyMzQ1")));
}

TEST_F(AppTest, ReadsTheConnectionStringFromAFile) {
  status = 401;

  EXPECT_EQ(run({"fleet", "--count", "1", "--connection-string-file", file("cs", std::string(service) + "\n")}),
            ExitCode::denied);

  EXPECT_EQ(host, "hub.example:8443");
}

TEST_F(AppTest, EndsWithTheCodeOfWhatWentWrong) {
  env["IOTHUB_CONNECTION_STRING"] = service;
  const std::vector<std::pair<int, ExitCode>> cases{{401, ExitCode::denied},      {403, ExitCode::denied},
                                                    {429, ExitCode::unavailable}, {503, ExitCode::unavailable},
                                                    {0, ExitCode::unavailable},   {400, ExitCode::failed}};
  for (const auto& [answer, code] : cases) {
    status = answer;
    EXPECT_EQ(run({"fleet", "--count", "1"}), code) << answer;
  }
}

TEST_F(AppTest, RefusesAFleetThatMisbehavesMoreThanItIsLarge) {
  env["IOTHUB_CONNECTION_STRING"] = service;

  EXPECT_EQ(run({"fleet", "--count", "10", "--error-share", "60%", "--lie-share", "60%"}), ExitCode::usage);

  EXPECT_EQ(host, "") << "nothing was sent";
}

TEST_F(AppTest, RefusesRootsThatAreNone) {
  env["IOTHUB_CONNECTION_STRING"] = service;

  EXPECT_EQ(run({"fleet", "--count", "1", "--ca-file", file("ca", "no PEM")}), ExitCode::usage);
  EXPECT_EQ(run({"fleet", "--count", "1", "--ca-file", folder / "missing"}), ExitCode::usage);
  env["SSL_CERT_FILE"] = folder / "missing";
  EXPECT_EQ(run({"fleet", "--count", "1"}), ExitCode::usage);
}

TEST_F(AppTest, RefusesAStateFileItDidNotWrite) {
  env["IOTHUB_DEVICE_CONNECTION_STRING"] = "HostName=hub.example;DeviceId=d;SharedAccessKey=MDEyMzQ1";

  EXPECT_EQ(run({"run", "--state-file", file("state", "{}")}), ExitCode::usage);

  EXPECT_THAT(err.str(), HasSubstr("delete it"));
}

TEST_F(AppTest, KeepsTheStateInItsFile) {
  const StateFile store(folder / "state");
  UpdateState state = store.load("1.0.0");
  EXPECT_EQ(state.reported.current_version, "1.0.0");
  state.reported.current_version = "2.0.0";

  store.save(state);

  EXPECT_EQ(store.load("1.0.0").reported.current_version, "2.0.0");
  EXPECT_THROW(StateFile(folder / "none" / "state").save(state), Error);
}

TEST(WithoutPort, LeavesTheHost) {
  EXPECT_EQ(fwctl::cli::bare_host("hub.example"), "hub.example");
  EXPECT_EQ(fwctl::cli::bare_host("localhost:8443"), "localhost");
  EXPECT_EQ(fwctl::cli::bare_host("[::1]:8443"), "::1");
  EXPECT_EQ(fwctl::cli::bare_host("::1"), "::1");
  EXPECT_EQ(fwctl::cli::bare_host(""), "");
}

}  // namespace
}  // namespace fwctl::device::cli
