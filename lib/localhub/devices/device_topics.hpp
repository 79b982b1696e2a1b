#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "lib/localhub/devices/methods.hpp"
#include "lib/localhub/devices/sessions.hpp"
#include "lib/localhub/faults/dice.hpp"
#include "lib/localhub/faults/postponed.hpp"
#include "lib/localhub/faults/throttle.hpp"
#include "lib/localhub/twins/twins.hpp"

namespace fwctl::localhub {

/// What a device or module publishes: twin requests, telemetry, method answers.
class DeviceTopics {
 public:
  DeviceTopics(Core& core, Sessions& sessions, Twins& twins, Methods& methods, Dice& dice, Throttle& throttle,
               Postponed& postponed)
      : core_(core),
        sessions_(sessions),
        twins_(twins),
        methods_(methods),
        dice_(dice),
        throttle_(throttle),
        postponed_(postponed) {}

  /// False: the connection is to be closed.
  bool publish(ConnectionId connection, std::string_view topic, std::string_view payload, int qos);

 private:
  struct TwinRequest {
    ConnectionId connection;
    const Sessions::Session& session;
    std::string rid;         // goes back byte for byte
    std::string_view query;  // of the topic
    std::string_view payload;
  };
  /// Runs a twin request and sends its answer, or the error it threw, to the connection that asked.
  void answer(const TwinRequest& request, const std::function<void(const TwinRequest&)>& work);
  void get_twin(const TwinRequest& request);
  void report(const TwinRequest& request);
  bool telemetry(const TwinKey& key, std::string_view payload);
  /// Throws what throttles and faults have against a twin request.
  void admit(Operation operation);
  void respond(const TwinRequest& request, int status, const std::string& tail, const std::string& body);

  Core& core_;
  Sessions& sessions_;
  Twins& twins_;
  Methods& methods_;
  Dice& dice_;
  Throttle& throttle_;
  Postponed& postponed_;
};

}  // namespace fwctl::localhub
