#pragma once

#include <string>

#include "fwctl/base/http.hpp"
#include "lib/localhub/twins/twins.hpp"

namespace fwctl::localhub {

/// Device identities. Callers hold the transaction.
class Registry {
 public:
  Registry(Core& core, Twins& twins) : core_(core), twins_(twins) {}

  /// PUT /devices/{id}. Without If-Match creates only (409); with it replaces (404 when missing, 412 when stale).
  /// Keys that are absent or empty are made anew.
  TwinRow put(const std::string& id, const Json& body, std::string_view if_match);
  TwinRow get(const std::string& id) const { return load_known_twin(core_.database, id); }
  /// If-Match is required, as on the real hub: 412 without.
  void remove(const std::string& id, std::string_view if_match);
  /// At most `top` identities in creation order.
  Json list(std::int64_t top) const;
  /// One line a device, each for itself: {isSuccessful, errors, warnings}.
  Json bulk(const Json& lines);
  Json statistics() const;
  Json service_statistics() const;

 private:
  TwinRow create(const std::string& id, const Json& body);
  void bulk_line(const Json& line);
  std::string next_etag() const;
  std::int64_t count(const char* condition) const;

  Core& core_;
  Twins& twins_;
};

}  // namespace fwctl::localhub
