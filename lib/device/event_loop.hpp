#pragma once

#include <atomic>
#include <cstdint>

#include "fwctl/device/timers.hpp"

namespace fwctl::device {

struct Readiness {
  bool readable = false;
  bool writable = false;
  bool broken = false;  // an error lies on it, or both directions are closed; comes with readable
};

/// Told when its descriptor is ready.
class IoHandler {
 public:
  virtual ~IoHandler() = default;
  virtual void on_ready(const Readiness& ready) = 0;
};

/// epoll and timers on one thread.
class EventLoop {
 public:
  explicit EventLoop(Timers& timers);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// `handler` must live until run() has returned; closing `fd` takes it off the list.
  void watch(int fd, IoHandler& handler, bool readable, bool writable);
  void change(int fd, IoHandler& handler, bool readable, bool writable);

  void run();
  void stop();

 private:
  void control(int operation, int fd, IoHandler* handler, bool readable, bool writable);
  int wait_ms() const;

  Timers& timers_;
  int epoll_;
  int wake_;
  std::atomic<bool> stopped_{false};
};

}  // namespace fwctl::device
