#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "lib/localhub/devices/sessions.hpp"
#include "lib/localhub/twins/twins.hpp"

namespace fwctl::localhub {

/// What a device publishes: twin requests, telemetry, method answers.
class DeviceTopics {
 public:
  DeviceTopics(Core& core, Sessions& sessions, Twins& twins) : core_(core), sessions_(sessions), twins_(twins) {}

  /// False: the connection is to be closed.
  bool publish(ConnectionId connection, std::string_view topic, std::string_view payload, int qos);

 private:
  /// Runs a twin request and sends its answer, or the error it threw, to the connection that asked.
  void answer(ConnectionId connection, const std::string& device_id, std::string_view query,
              const std::function<void(const std::string& rid)>& work);
  void get_twin(ConnectionId connection, const std::string& device_id, const std::string& rid);
  void report(ConnectionId connection, const std::string& device_id, const std::string& rid,
              std::optional<std::int64_t> base, std::string_view payload);
  void respond(ConnectionId connection, const std::string& device_id, int status, const std::string& tail,
               std::string body);

  Core& core_;
  Sessions& sessions_;
  Twins& twins_;
};

}  // namespace fwctl::localhub
