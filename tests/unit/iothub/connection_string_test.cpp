#include "fwctl/iothub/connection_string.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fwctl/base/error.hpp"

namespace fwctl::iothub {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

std::string refusal(const std::string& text) {
  try {
    parse_service_connection(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(ServiceConnection, IsReadInAnyOrderAndCase) {
  const auto connection = parse_service_connection(
      std::string("sharedaccesskey=") + key + ";HOSTNAME=contoso.azure-devices.net;SharedAccessKeyName=service;\n");

  EXPECT_EQ(connection.host_name, "contoso.azure-devices.net");
  EXPECT_EQ(connection.hub_name(), "contoso");
  EXPECT_EQ(connection.policy, "service");
  EXPECT_EQ(connection.key.reveal(), key) << "the padding belongs to the key";
}

TEST(ServiceConnection, KeepsAPort) {
  const auto connection = parse_service_connection(
      std::string("HostName=localhost:8443;SharedAccessKeyName=iothubowner;SharedAccessKey=") + key);

  EXPECT_EQ(connection.host_name, "localhost:8443");
  EXPECT_EQ(connection.hub_name(), "localhost");
}

TEST(ServiceConnection, NamesWhatIsWrong) {
  const std::string host = "HostName=h.net;";
  const std::string policy = "SharedAccessKeyName=p;";
  const std::string secret = std::string("SharedAccessKey=") + key;
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
  EXPECT_THAT(refusal(policy + secret), HasSubstr("no HostName"));
  EXPECT_THAT(refusal(host + secret), HasSubstr("no SharedAccessKeyName"));
  EXPECT_THAT(refusal(host + policy), HasSubstr("no SharedAccessKey"));
  EXPECT_THAT(refusal(host + host + policy + secret), HasSubstr("hostname stands twice"));
  EXPECT_THAT(refusal("HostName=https://h.net/;" + policy + secret), HasSubstr("not a host name"));
  for (const char* port : {"", "0", "99999", "x", "8443x"}) {
    EXPECT_THAT(refusal(std::string("HostName=h.net:") + port + ";" + policy + secret), HasSubstr("no port")) << port;
  }
  EXPECT_THAT(refusal(host + policy + "SharedAccessKey=no base64!"), HasSubstr("not base64"));
  EXPECT_THAT(refusal(host + policy + secret + ";nonsense"), HasSubstr("no name or no '='"));
  EXPECT_THAT(refusal(host + policy + "SharedAccessSignature=x"), HasSubstr("SharedAccessSignature"));
}

TEST(ServiceConnection, RefusesADevicesStringByName) {
  EXPECT_THAT(refusal(std::string("HostName=h.net;DeviceId=d;SharedAccessKey=") + key),
              HasSubstr("a device's connection string"));
}

TEST(ServiceConnection, NeverRepeatsTheKey) {
  for (const std::string& text :
       std::vector<std::string>{"HostName=h/;SharedAccessKeyName=p;SharedAccessKey=",
                                "SharedAccessKeyName=p;SharedAccessKey=", "HostName=h;DeviceId=d;SharedAccessKey="}) {
    EXPECT_THAT(refusal(text + key), Not(HasSubstr(key)));
    EXPECT_THAT(refusal(text + "s3cret!"), Not(HasSubstr("s3cret")));
  }
  // A lost '=' makes the key pass for a name.
  for (const char* tail : {"=", "=x;s3cretkey=y"}) {
    EXPECT_THAT(refusal(std::string("HostName=h;SharedAccessKeyName=p;SharedAccessKey;s3cretkey") + tail),
                Not(HasSubstr("s3cret")));
  }
  EXPECT_THAT(refusal("HostName=.h;SharedAccessKeyName=p;SharedAccessKey=" + std::string(key)),
              HasSubstr("not a host name"));
}

TEST(DeviceConnection, GoesThereAndBack) {
  const std::string text =
      std::string("HostName=h.net;DeviceId=d=1;SharedAccessKey=") + key + ";GatewayHostName=localhost:8883";

  EXPECT_EQ(parse_device_connection(text).to_text(), text);
  EXPECT_EQ(parse_device_connection(text).device_id, "d=1");
}

TEST(DeviceConnection, RefusesAServiceString) {
  EXPECT_THROW(parse_device_connection(std::string("HostName=h;SharedAccessKeyName=p;SharedAccessKey=") + key),
               UsageError);
}

}  // namespace
}  // namespace fwctl::iothub
