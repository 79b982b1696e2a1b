#include "fwctl/device/network.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fwctl/base/clock.hpp"
#include "fwctl/base/error.hpp"

namespace fwctl::device {
namespace {

using namespace std::chrono_literals;

/// A loopback port that listens and never answers, or nobody's once closed.
class Port {
 public:
  Port() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_, 8), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    number = ntohs(address.sin_port);
  }
  ~Port() { close(); }
  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }
  /// Takes one connection and sends `text` down it.
  void answer_once(const std::string& text) {
    const int client = ::accept(socket_, nullptr, nullptr);
    EXPECT_GT(::write(client, text.data(), text.size()), 0);
    ::close(client);
  }

  int number = 0;

 private:
  int socket_;
};

class NetworkTest : public testing::Test, public MqttEvents {
 protected:
  void on_connected() override { ADD_FAILURE() << "connected"; }
  void on_lost(const LinkLoss& loss) override {
    losses.push_back(loss);
    network->stop();
  }
  void on_subscribed(const std::vector<int>&) override {}
  void on_message(std::string_view, std::string_view) override {}

  void open(const std::string& host) {
    network.emplace(NetworkOptions{.host = host, .port = port.number, .ca_pem = {}}, timers);
    link = network->make_link();
    link->open({"dev", "user", "password"}, *this);
    // Only a test that would otherwise hang gets this far.
    timers.add(10s, [this] { network->stop(); });
  }

  SystemClock clock;
  Timers timers{clock};
  Port port;
  std::optional<Network> network;
  std::unique_ptr<MqttLink> link;
  std::vector<LinkLoss> losses;
};

TEST_F(NetworkTest, TellsOfARefusedConnectionInsteadOfTryingForEver) {
  port.close();

  open("127.0.0.1");
  network->run();

  ASSERT_EQ(losses.size(), 1U);
  EXPECT_EQ(losses[0].kind, LinkLoss::Kind::broken);
}

TEST_F(NetworkTest, TellsOfAServerThatSpeaksNoTls) {
  open("127.0.0.1");
  port.answer_once("HTTP/1.1 400 Bad Request\r\n\r\n");
  network->run();

  ASSERT_EQ(losses.size(), 1U);
  EXPECT_EQ(losses[0].kind, LinkLoss::Kind::broken);
}

TEST_F(NetworkTest, TellsOfANameThatDoesNotResolveAfterTheCall) {
  open("no-such-host.invalid");
  EXPECT_TRUE(losses.empty());
  network->run();

  ASSERT_EQ(losses.size(), 1U);
  EXPECT_EQ(losses[0].text, "the host name does not resolve");
}

TEST_F(NetworkTest, SaysNothingAfterClose) {
  open("127.0.0.1");

  link->close();
  port.close();
  timers.add(50ms, [this] { network->stop(); });
  network->run();

  EXPECT_TRUE(losses.empty());
}

TEST_F(NetworkTest, RefusesRootsThatAreNone) {
  EXPECT_THROW(Network({.host = "localhost", .ca_pem = "no certificate"}, timers), Error);
}

TEST(MakeRoomForLinks, RaisesTheLimitAndRefusesWhatDoesNotFit) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit low = before;
  low.rlim_cur = 200;
  setrlimit(RLIMIT_NOFILE, &low);

  make_room_for_links(100);
  rlimit after{};
  getrlimit(RLIMIT_NOFILE, &after);
  EXPECT_EQ(after.rlim_cur, before.rlim_max);
  EXPECT_THROW(make_room_for_links(before.rlim_max), UsageError);

  setrlimit(RLIMIT_NOFILE, &before);
}

}  // namespace
}  // namespace fwctl::device
