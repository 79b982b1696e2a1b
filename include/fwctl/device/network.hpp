#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "fwctl/base/clock.hpp"
#include "fwctl/device/mqtt_link.hpp"
#include "fwctl/device/timers.hpp"

namespace fwctl::device {

struct NetworkOptions {
  std::string host;  // what is connected to, and what the certificate must name: a name or an address
  int port = 8883;
  std::string ca_pem;  // trusted roots, PEM; empty: the machine's own
  std::chrono::seconds keep_alive{240};
};

/// Real MQTT over TLS 1.2 or later, by libmosquitto: any number of links on the one thread that calls run(), which runs
/// the timers too. Connecting does not block, but for the look-up of the host's name.
class Network {
 public:
  /// Throws Error when the roots cannot be read.
  Network(NetworkOptions options, Timers& timers);
  ~Network();

  /// The link must not outlive the network.
  std::unique_ptr<MqttLink> make_link();

  /// Until stop().
  void run();
  /// From any thread, and from a signal handler.
  void stop();

  class Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

/// Raises the limit of open descriptors as far as the system lets us and throws UsageError when `links` do not fit
/// under it: each takes three.
void make_room_for_links(std::size_t links);

}  // namespace fwctl::device
