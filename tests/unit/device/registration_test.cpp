#include "fwctl/device/registration.hpp"

#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>

#include "fwctl/base/error.hpp"
#include "tests/support/fake_clock.hpp"

namespace fwctl::device {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

/// A registry that knows some devices already.
class FakeRegistry final : public iothub::Transport {
 public:
  HttpResponse send(const iothub::Call& call) override {
    const std::string path = call.request.target.substr(0, call.request.target.find('?'));
    if (call.request.method == "POST") return create(json::parse(call.request.body));
    if (call.request.method == "PATCH") {
      patched[path] = json::parse(call.request.body);
      return {200, {}, twin(path).dump()};
    }
    if (path.starts_with("/twins/")) return {200, {}, twin(path).dump()};
    return {200, {}, device(path).dump()};
  }

  std::map<std::string, json> known;  // id → tags
  std::string refusal;
  std::vector<std::size_t> calls;  // how many devices each named
  std::map<std::string, json> created;
  std::map<std::string, json> patched;

 private:
  HttpResponse create(const json& lines) {
    calls.push_back(lines.size());
    json errors = json::array();
    for (const json& line : lines) {
      const std::string id = line["id"];
      if (known.contains(id)) errors.push_back({{"deviceId", id}, {"errorCode", "DeviceAlreadyExists"}});
      if (!refusal.empty()) errors.push_back({{"deviceId", id}, {"errorCode", refusal}, {"errorStatus", "because"}});
      created[id] = line;
    }
    return {200, {}, json{{"isSuccessful", errors.empty()}, {"errors", errors}, {"warnings", json::array()}}.dump()};
  }
  json twin(const std::string& path) const {
    const std::string id = path.substr(path.rfind('/') + 1);
    return {{"deviceId", id}, {"etag", "AAAA"}, {"version", 1}, {"tags", known.at(id)}, {"properties", json::object()}};
  }
  static json device(const std::string& path) {
    return {
        {"deviceId", path.substr(path.rfind('/') + 1)},
        {"status", "enabled"},
        {"authentication", {{"type", "sas"}, {"symmetricKey", {{"primaryKey", "b2xk"}, {"secondaryKey", "b2xk"}}}}}};
  }
};

class RegistrationTest : public testing::Test {
 protected:
  std::vector<iothub::DeviceConnection> run(std::size_t count,
                                            const std::string& tags = R"({"devicetype":"chiller"})") {
    return register_devices(hub, "hub.example", device_ids("chiller-", count), tags,
                            [this](std::size_t done) { progress.push_back(done); });
  }

  fwctl::test::FakeClock clock;
  FakeRegistry registry;
  iothub::HubClient hub{registry, clock, "test"};
  std::vector<std::size_t> progress;
};

TEST_F(RegistrationTest, CreatesAHundredDevicesACall) {
  const auto connections = run(250);

  EXPECT_THAT(registry.calls, ElementsAre(100, 100, 50));
  EXPECT_THAT(progress, ElementsAre(100, 200, 250));
  ASSERT_EQ(connections.size(), 250U);
  EXPECT_EQ(connections[249].device_id, "chiller-250");
  EXPECT_EQ(connections[249].host_name, "hub.example");
}

TEST_F(RegistrationTest, GivesEachDeviceItsOwnKeyAndTheTags) {
  const auto connections = run(2);

  const json& line = registry.created.at("chiller-001");
  EXPECT_EQ(line["authentication"]["symmetricKey"]["primaryKey"], connections[0].key.reveal());
  EXPECT_NE(connections[0].key.reveal(), connections[1].key.reveal());
  EXPECT_EQ(line["tags"], (json{{"devicetype", "chiller"}}));
}

TEST_F(RegistrationTest, KeepsTheKeyOfADeviceThatExists) {
  registry.known = {{"chiller-001", {{"devicetype", "chiller"}, {"site", "x"}}}};

  const auto connections = run(2);

  EXPECT_EQ(connections[0].key.reveal(), "b2xk");
  EXPECT_NE(connections[1].key.reveal(), "b2xk");
  EXPECT_THAT(registry.patched, IsEmpty()) << "it has those tags";
}

TEST_F(RegistrationTest, SetsTagsThatDiffer) {
  registry.known = {{"chiller-001", {{"devicetype", "pump"}}}};

  run(1);

  EXPECT_EQ(registry.patched.at("/twins/chiller-001"), (json{{"tags", {{"devicetype", "chiller"}}}}));
}

TEST_F(RegistrationTest, NamesTheDeviceThatTheHubRefuses) {
  registry.refusal = "InvalidId";

  try {
    run(1);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "cannot register device chiller-001: InvalidId: because");
  }
}

TEST(DeviceIds, HaveAsManyDigitsAsTheLastOneNeeds) {
  EXPECT_THAT(device_ids("x-", 2), ElementsAre("x-001", "x-002"));
  EXPECT_EQ(device_ids("x-", 1'000).front(), "x-0001");
  EXPECT_EQ(device_ids("x-", 1'000).back(), "x-1000");
}

}  // namespace
}  // namespace fwctl::device
