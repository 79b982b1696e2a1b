#pragma once

#include <string>
#include <vector>

#include "lib/localhub/twins/twins.hpp"

namespace fwctl::localhub {

/// The identities of devices. Callers hold the transaction.
class Registry {
 public:
  Registry(Core& core, Twins& twins) : core_(core), twins_(twins) {}

  /// PUT /devices/{id}. Without If-Match creates only (409); with it replaces (404 when missing, 412 when stale).
  /// Keys that are absent or empty are made anew. An edge device gets its two system modules.
  TwinRow put(const std::string& id, const Json& body, std::string_view if_match);
  TwinRow create(const std::string& id, const Json& body);
  TwinRow get(const std::string& id) const { return load_known_twin(core_.database, {id}); }
  /// The device, its twin, its modules. If-Match is required, as on the real hub: 412 without.
  void remove(const std::string& id, std::string_view if_match);
  /// At most `top` identities in creation order.
  std::vector<TwinRow> list(std::int64_t top) const;
  Json statistics() const;
  Json service_statistics() const;

 private:
  Core& core_;
  Twins& twins_;
};

}  // namespace fwctl::localhub
