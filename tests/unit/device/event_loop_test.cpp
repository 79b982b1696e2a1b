#include "lib/device/event_loop.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <thread>

#include "fwctl/base/clock.hpp"

namespace fwctl::device {
namespace {

using namespace std::chrono_literals;

struct Handler final : IoHandler {
  explicit Handler(std::function<void(const Readiness&)> given) : then(std::move(given)) {}
  void on_ready(const Readiness& ready) override { then(ready); }
  std::function<void(const Readiness&)> then;
};

class EventLoopTest : public testing::Test {
 protected:
  EventLoopTest() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0); }
  ~EventLoopTest() override {
    ::close(ends[0]);
    ::close(ends[1]);
  }

  SystemClock clock;
  Timers timers{clock};
  EventLoop loop{timers};
  int ends[2]{};
};

TEST_F(EventLoopTest, TellsWhatIsReadyToBeRead) {
  std::string got;
  Handler handler([&](const Readiness& ready) {
    EXPECT_TRUE(ready.readable);
    EXPECT_FALSE(ready.writable);
    char buffer[8];
    got.append(buffer, static_cast<std::size_t>(::read(ends[0], buffer, sizeof buffer)));
    loop.stop();
  });
  loop.watch(ends[0], handler, true, false);
  ASSERT_EQ(::write(ends[1], "hi", 2), 2);

  loop.run();

  EXPECT_EQ(got, "hi");
}

TEST_F(EventLoopTest, TellsOfWritingOnlyWhenAsked) {
  bool asked = false;
  Handler handler([&](const Readiness& ready) {
    EXPECT_TRUE(asked);
    EXPECT_TRUE(ready.writable);
    loop.stop();
  });
  loop.watch(ends[0], handler, true, false);
  timers.add(1ms, [&] {
    asked = true;
    loop.change(ends[0], handler, true, true);
  });

  loop.run();
}

TEST_F(EventLoopTest, TellsWhenBothDirectionsAreClosed) {
  Handler handler([&](const Readiness& ready) {
    EXPECT_TRUE(ready.broken);
    loop.stop();
  });
  loop.watch(ends[0], handler, true, false);
  ::shutdown(ends[1], SHUT_RDWR);

  loop.run();
}

TEST_F(EventLoopTest, StopsFromAnotherThread) {
  std::thread other([&] { loop.stop(); });

  loop.run();

  other.join();
}

}  // namespace
}  // namespace fwctl::device
