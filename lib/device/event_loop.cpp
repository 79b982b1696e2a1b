#include "lib/device/event_loop.hpp"

#include <fmt/core.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "fwctl/base/error.hpp"

namespace fwctl::device {
namespace {

[[noreturn]] void fail(const char* what) { throw Error(fmt::format("{}: {}", what, std::strerror(errno))); }

}  // namespace

EventLoop::EventLoop(Timers& timers)
    : timers_(timers), epoll_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (epoll_ < 0 || wake_ < 0) fail("cannot make an event loop");
  control(EPOLL_CTL_ADD, wake_, nullptr, true, false);
}

EventLoop::~EventLoop() {
  ::close(epoll_);
  ::close(wake_);
}

void EventLoop::watch(int fd, IoHandler& handler, bool readable, bool writable) {
  control(EPOLL_CTL_ADD, fd, &handler, readable, writable);
}

void EventLoop::change(int fd, IoHandler& handler, bool readable, bool writable) {
  control(EPOLL_CTL_MOD, fd, &handler, readable, writable);
}

void EventLoop::control(int operation, int fd, IoHandler* handler, bool readable, bool writable) {
  epoll_event event{};
  event.events = (readable ? EPOLLIN : 0U) | (writable ? EPOLLOUT : 0U);
  event.data.ptr = handler;
  if (epoll_ctl(epoll_, operation, fd, &event) != 0) fail("cannot watch a connection");
}

int EventLoop::wait_ms() const {
  const auto next = timers_.next();
  if (!next) return -1;
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(*next).count();
  return static_cast<int>(std::min<std::int64_t>(ms, 3'600'000));
}

void EventLoop::run() {
  std::array<epoll_event, 256> ready{};
  while (!stopped_) {
    const int count = epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), wait_ms());
    if (count < 0 && errno != EINTR) fail("cannot wait for connections");
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = ready[static_cast<std::size_t>(i)];
      if (event.data.ptr == nullptr) continue;
      const bool broken = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
      const Readiness found{broken || (event.events & EPOLLIN) != 0, (event.events & EPOLLOUT) != 0, broken};
      static_cast<IoHandler*>(event.data.ptr)->on_ready(found);
    }
    timers_.run_due();
  }
}

void EventLoop::stop() {
  stopped_ = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
}

}  // namespace fwctl::device
