#pragma once

#include <functional>

#include "fwctl/localhub/hub.hpp"
#include "lib/localhub/faults/dice.hpp"
#include "lib/localhub/faults/throttle.hpp"
#include "lib/localhub/service/service.hpp"

namespace fwctl::localhub {

/// The service's door: throttles and faults stand here, around the operations, and every answer leaves through it.
class Gate {
 public:
  Gate(Core& core, Dice& dice, Throttle& throttle, Service& service)
      : core_(core), dice_(dice), throttle_(throttle), service_(service) {}

  void handle(const HttpRequest& request, Hub::Respond respond);
  /// Hub::refusal
  HttpResponse refusal(int status) const;

 private:
  /// Throttles and early faults: throws ApiError when the request goes no further.
  void admit(const HttpRequest& request, Delivery& delivery);
  void run(const HttpRequest& request, const Service::Done& done);
  void leave(HttpResponse response, Delivery delivery, const Hub::Respond& respond);
  void refuse(const ApiError& error, const Delivery& delivery, const Hub::Respond& respond) const;
  /// What every answer carries, and every 429.
  HttpResponse stamped(HttpResponse response) const;

  Core& core_;
  Dice& dice_;
  Throttle& throttle_;
  Service& service_;
};

}  // namespace fwctl::localhub
