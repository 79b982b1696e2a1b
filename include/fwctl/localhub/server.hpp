#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fwctl/base/clock.hpp"
#include "fwctl/localhub/switches.hpp"

namespace fwctl::localhub {

struct ServerOptions {
  std::string data_dir;                       // made when missing; its files are readable by their owner only
  std::string address = "127.0.0.1";          // what both listeners bind to
  std::uint16_t https_port = 8443;            // 0: a free one
  std::uint16_t mqtt_port = 8883;             // 0: a free one
  std::vector<std::string> host_names;        // the certificate's, beside localhost, 127.0.0.1 and ::1
  Switches switches;                          // to begin with
  std::string switches_file;                  // JSON that overrides them and is read again when it changes; empty: none
  std::optional<std::uint16_t> control_port;  // of the control endpoint on 127.0.0.1; 0: a free one; nullopt: off
};

/// The stand-in hub on sockets: HTTPS for services, MQTT 3.1.1 for devices, over TLS on a port of its own or over
/// WebSocket on the HTTPS port. One thread serves everything but
/// long reads, which have threads of their own.
class Server {
 public:
  using LogLine = std::function<void(const std::string& line)>;

  /// Opens the store, makes what is missing in the data folder, and binds both ports. Throws Error when the folder
  /// can't be used, belongs to another running hub, or a port is taken.
  Server(ServerOptions options, const Clock& clock, LogLine log);
  ~Server();

  std::uint16_t https_port() const;
  std::uint16_t mqtt_port() const;
  /// 0 when it is off.
  std::uint16_t control_port() const;
  std::string ca_file() const;
  /// Of the policy iothubowner; HostName carries the port when that is not 443.
  std::string connection_string() const;

  /// Serves until stop() is called.
  void run();
  /// From any thread.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fwctl::localhub
