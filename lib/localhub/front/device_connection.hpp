#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "lib/localhub/mqtt/session.hpp"

namespace fwctl::localhub {

/// A device's MQTT conversation on a connection of some kind. What carries the bytes derives from it.
class DeviceConnection : public std::enable_shared_from_this<DeviceConnection> {
 public:
  /// Called after bytes of the device were handled: the hub may have effects for any connection.
  using OnHandled = std::function<void(DeviceConnection&)>;
  /// Called once; the hub is told right after.
  using OnClosed = std::function<void(DeviceConnection&)>;

  DeviceConnection(Hub& hub, const Clock& clock, OnHandled on_handled, OnClosed on_closed);
  virtual ~DeviceConnection() = default;
  DeviceConnection(const DeviceConnection&) = delete;
  DeviceConnection& operator=(const DeviceConnection&) = delete;

  void carry_out(const Effect& effect);
  void close();

  /// 0 until the device was let in, and after the end.
  ConnectionId connection() const { return session_ ? session_->connection() : 0; }
  std::chrono::nanoseconds deadline() const { return session_->deadline(); }

 protected:
  void receive(std::string_view bytes);
  bool closed() const { return closed_; }
  /// What is to be written next; the carrier takes away what it has written.
  std::string& unsent() { return unsent_; }

 private:
  /// Writes what it can of unsent() and goes on by itself when the device can take more.
  virtual void write() = 0;
  /// Ends the connection; what was given to write() is to arrive before if the device takes it.
  virtual void hang_up() = 0;
  void send(const std::string& bytes);

  std::unique_ptr<mqtt::Session> session_;  // null once closed: the hub has been told
  OnHandled on_handled_;
  OnClosed on_closed_;
  std::string unsent_;
  bool closed_ = false;
};

}  // namespace fwctl::localhub
