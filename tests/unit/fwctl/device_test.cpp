#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fwctl/iothub/connection_string.hpp"
#include "tests/support/run_fwctl.hpp"

namespace fwctl::cli {
namespace {

using test::FlakyHub;
using test::Outcome;
using test::run_fwctl;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using Json = test::HubFixture::Json;

constexpr const char* given_key = "YSBrZXkgb2YgdGhpcnR5LXR3byBieXRlcywgZ2l2ZW4=";

class Devices : public testing::Test {
 protected:
  Outcome run(const std::vector<std::string>& arguments, const test::Setup& setup = {}) {
    return run_fwctl(hub_, arguments, setup);
  }
  std::string primary_key(const std::string& id) {
    return hub_.json("GET", "/devices/" + id).at("authentication").at("symmetricKey").at("primaryKey");
  }

  FlakyHub hub_;
};

TEST_F(Devices, AreCreatedWithTags) {
  const Outcome outcome = run({"device", "create", "a", "b", "--tags", R"({"devicetype":"chiller"})", "-o", "jsonl"});

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 2);
  EXPECT_EQ(hub_.twin("b").at("tags").at("devicetype"), "chiller");
}

TEST_F(Devices, GetTheGivenKeyAndItIsNotRepeated) {
  const Outcome outcome = run({"device", "create", "a", "--primary-key", given_key, "-o", "json"});

  EXPECT_EQ(primary_key("a"), given_key);
  EXPECT_THAT(outcome.out, Not(HasSubstr(given_key)));
}

TEST_F(Devices, AreNotCreatedWithTagsThatAreNoObject) {
  EXPECT_EQ(run({"device", "create", "a", "--tags", "[1]"}).code, ExitCode::usage);
  EXPECT_EQ(run({"device", "create", "a", "--tags", std::string(1'000'000, '[')}).code, ExitCode::usage);
  EXPECT_TRUE(hub_.requests.empty());
}

TEST_F(Devices, NamedTwiceAreAMistake) {
  EXPECT_EQ(run_fwctl(hub_, {"device", "create", "a", "b", "a"}).code, ExitCode::usage);
  EXPECT_EQ(run_fwctl(hub_, {"device", "delete", "a", "a"}).code, ExitCode::usage);
  EXPECT_TRUE(hub_.requests.empty());
}

TEST_F(Devices, ThatExistAreAConflict) {
  hub_.create_device("a");

  const Outcome outcome = run({"device", "create", "a"});

  EXPECT_EQ(outcome.code, ExitCode::conflict);
  EXPECT_THAT(outcome.err, HasSubstr("device a exists already\nhint: look at it: fwctl device show a"));
  EXPECT_EQ(primary_key("a"), FlakyHub::key);
}

TEST_F(Devices, OfTheSameKeysAreThereAlready) {
  hub_.create_device("a");

  const Outcome outcome = run({"device", "create", "a", "--primary-key", FlakyHub::key});
  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("the hub answered HTTP 409; the hub has device a with this very content"));
  EXPECT_THAT(outcome.err + outcome.out, Not(HasSubstr(FlakyHub::key)));

  const auto with_second = [&](const std::string& key) {
    return run({"device", "create", "a", "--primary-key", FlakyHub::key, "--secondary-key", key});
  };
  EXPECT_EQ(with_second(FlakyHub::key).code, ExitCode::ok);
  EXPECT_EQ(with_second(given_key).code, ExitCode::conflict);
}

TEST_F(Devices, OfTheSameKeysAndAnotherStatusAreAConflict) {
  hub_.create_device("a");

  const Outcome outcome = run({"device", "create", "a", "--primary-key", FlakyHub::key, "--disabled"});

  EXPECT_EQ(outcome.code, ExitCode::conflict);
  EXPECT_THAT(outcome.err, HasSubstr("with another status"));
}

TEST_F(Devices, AreCreatedOnceWhenTheAnswerIsLost) {
  hub_.lose_next_answer();

  const Outcome outcome = run({"device", "create", "a"});

  EXPECT_EQ(outcome.code, ExitCode::ok);
  EXPECT_THAT(outcome.err, HasSubstr("fwctl: the answer was lost; the hub has device a with this very content\n"));
  EXPECT_THAT(hub_.requests, SizeIs(2));  // the device, and a look at whose it is
}

TEST_F(Devices, AreCreatedOnceWhenTheHubFailsAfterwards) {
  hub_.act_but_answer({500, {}, ""});

  EXPECT_EQ(run({"device", "create", "a"}).code, ExitCode::ok);
  EXPECT_THAT(hub_.requests, SizeIs(2));
}

TEST_F(Devices, AreCreatedAllTheSameWhenTheRequestIsLost) {
  hub_.lose_next_request();
  hub_.let_through();
  hub_.answer(1, {500, {}, ""});

  const Outcome outcome = run({"device", "create", "a", "--primary-key", given_key});

  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_EQ(primary_key("a"), given_key);
  EXPECT_THAT(outcome.err, HasSubstr("the answer was lost; the hub has no device a: sending it again"));
}

TEST_F(Devices, OfSomebodyElseAreNotTakenForOurs) {
  hub_.create_device("a");
  hub_.lose_next_answer();

  EXPECT_EQ(run({"device", "create", "a"}).code, ExitCode::conflict);
}

TEST_F(Devices, ThatGotNoTagsSayHowToSetThem) {
  hub_.let_through();
  hub_.answer(1, {400, {}, ""});

  const Outcome outcome = run({"device", "create", "a", "--tags", R"({"on":true})"});

  EXPECT_EQ(outcome.code, ExitCode::usage);
  EXPECT_THAT(outcome.err, HasSubstr("device a was created without its tags; to set them: fwctl twin update a --tags"));
}

TEST_F(Devices, AreShownWithoutKeysUnlessAsked) {
  hub_.create_device("a");

  EXPECT_THAT(run({"device", "show", "a", "-o", "json"}).out, Not(HasSubstr(FlakyHub::key)));
  EXPECT_THAT(run({"device", "show", "a"}).out, Not(HasSubstr(FlakyHub::key)));
  EXPECT_THAT(run({"device", "show", "a", "--show-keys", "-o", "json"}).out, HasSubstr(FlakyHub::key));
  EXPECT_THAT(run({"device", "show", "a", "--show-keys"}).out, HasSubstr(FlakyHub::key));
}

TEST_F(Devices, AreListedByCondition) {
  hub_.create_device("a", {{"devicetype", "chiller"}});
  hub_.create_device("b", {{"devicetype", "pump"}});

  const Outcome outcome = run({"device", "list", "--where", "tags.devicetype='pump'"});

  EXPECT_THAT(outcome.out, HasSubstr("\nb "));
  EXPECT_THAT(outcome.out, Not(HasSubstr("\na ")));
  EXPECT_THAT(outcome.out, HasSubstr("never"));
}

TEST_F(Devices, AreDeletedByName) {
  hub_.create_device("a");
  hub_.create_device("b");

  EXPECT_EQ(run({"device", "delete", "a"}).code, ExitCode::ok);
  EXPECT_EQ(hub_.call("GET", "/devices/a").status, 404);
  EXPECT_EQ(hub_.call("GET", "/devices/b").status, 200);
}

TEST_F(Devices, AreAllKeptWhenOneIsUnknown) {
  hub_.create_device("a");

  EXPECT_EQ(run({"device", "delete", "a", "typo"}).code, ExitCode::not_found);
  EXPECT_EQ(hub_.call("GET", "/devices/a").status, 200);
}

TEST_F(Devices, AreGoneWhenTheAnswerIsLost) {
  hub_.create_device("a");
  hub_.let_through();
  hub_.lose_next_answer();

  EXPECT_EQ(run({"device", "delete", "a"}).code, ExitCode::ok);
}

TEST_F(Devices, AreNotSaidToBeGoneBySomethingThatIsNoHub) {
  hub_.create_device("a");
  for (const int status : {200, 404}) {
    hub_.let_through();
    hub_.answer(1, {status, {{"Content-Type", "text/html"}}, "<html>sign in</html>"});
    const Outcome outcome = run({"device", "delete", "a", "-o", "json"});
    EXPECT_NE(outcome.code, ExitCode::ok) << status;
    EXPECT_EQ(outcome.out.find("deviceId"), std::string::npos) << outcome.out;
  }
  EXPECT_EQ(hub_.twin("a")["deviceId"], "a");
}

TEST_F(Devices, AreNotSaidToBeUnknownBySomethingThatIsNoHub) {
  hub_.answer(1, {404, {{"Content-Type", "text/html"}}, "<html>"});

  const Outcome outcome = run({"device", "show", "a"});

  EXPECT_THAT(outcome.err, HasSubstr("fwctl: HTTP 404: <html>\nhint: an IoT hub does not answer so"));
}

TEST_F(Devices, WhoseCreationRunsOutOfTimeMayBeThere) {
  hub_.on_request = [this] {
    if (hub_.requests.size() == 2) hub_.hub().set_switches({.latency_ms = 3000});
  };

  const Outcome outcome = run({"device", "create", "a", "b", "--timeout", "2s"});

  EXPECT_EQ(outcome.code, ExitCode::deadline_passed) << "a hub that answers is not to blame";
  EXPECT_THAT(outcome.err, HasSubstr("whether device b was created can't be told now"));
  EXPECT_THAT(outcome.err, HasSubstr("fwctl: --timeout passed\nhint: a longer --timeout"));
}

TEST_F(Devices, AreGoneInTheEndWhenTheRequestIsLost) {
  hub_.create_device("a");
  hub_.let_through();
  hub_.lose_next_request();

  EXPECT_EQ(run({"device", "delete", "a"}).code, ExitCode::ok);
  EXPECT_EQ(hub_.call("GET", "/devices/a").status, 404);
}

TEST_F(Devices, ThatWereMadeAnewMeanwhileAreKept) {
  hub_.create_device("a");
  hub_.let_through();
  hub_.lose_next_answer();
  hub_.clock.on_sleep = [this] { hub_.create_device("a"); };

  EXPECT_EQ(run({"device", "delete", "a"}).code, ExitCode::conflict);
  EXPECT_EQ(hub_.call("GET", "/devices/a").status, 200);
}

TEST_F(Devices, HaveAConnectionStringWithoutTheServicesPort) {
  hub_.create_device("a");

  const Outcome outcome =
      run({"device", "connection-string", "a"},
          {.env = {{"IOTHUB_CONNECTION_STRING", std::string("HostName=localhost:8443;SharedAccessKeyName=iothubowner;"
                                                            "SharedAccessKey=") +
                                                    FlakyHub::key}}});

  EXPECT_EQ(outcome.out, std::string("HostName=localhost;DeviceId=a;SharedAccessKey=") + FlakyHub::key + "\n");
}

TEST_F(Devices, HaveATokenByWhichTheyConnect) {
  hub_.create_device("a");

  std::string token = run({"sas-token", "--device", "a", "--duration", "10m"}).out;
  token.pop_back();

  const auto accepted = hub_.hub().connect({"a", "localhost/a/?api-version=2021-04-12", token, false});
  EXPECT_EQ(accepted.return_code, 0);
  hub_.clock.advance(std::chrono::minutes{20});
  EXPECT_EQ(hub_.hub().connect({"a", "localhost/a/?api-version=2021-04-12", token, false}).return_code, 5);
}

TEST_F(Devices, TheServiceTokenIsTakenByTheHub) {
  const Json document = run({"sas-token", "-o", "json"}).json();

  const auto answer = hub_.send({.method = "GET",
                                 .target = "/devices?api-version=2021-04-12",
                                 .headers = {{"Authorization", document.at("token")}},
                                 .body = ""});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(document.at("expires"), "2026-01-01T01:00:00.000Z");
  EXPECT_TRUE(hub_.requests.empty());
}

TEST_F(Devices, WithStrangeNamesAreReachedByThem) {
  const std::string strange = "it's#50%(a)?";
  ASSERT_EQ(run({"device", "create", strange}).code, ExitCode::ok);

  EXPECT_EQ(run({"device", "show", strange, "-o", "json"}).json().at("device").at("deviceId"), strange);
  EXPECT_EQ(run({"device", "delete", strange}).code, ExitCode::ok);
}

}  // namespace
}  // namespace fwctl::cli
