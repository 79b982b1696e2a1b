#pragma once

#include <string>
#include <vector>

#include "lib/localhub/twins/twins.hpp"

namespace fwctl::localhub {

/// The identities of a device's modules. Callers hold the transaction.
class Modules {
 public:
  Modules(Core& core, Twins& twins) : core_(core), twins_(twins) {}

  /// As PUT of a device. Under a shared access token the real hub answers 401 for a device that is missing or disabled,
  /// and so do all of these.
  TwinRow put(const TwinKey& key, const Json& body, std::string_view if_match);
  TwinRow create(const TwinKey& key, const Json& body);
  TwinRow get(const TwinKey& key) const;
  void remove(const TwinKey& key, std::string_view if_match);
  std::vector<TwinRow> list(const std::string& device_id) const;

 private:
  void require_device(const std::string& device_id) const;

  Core& core_;
  Twins& twins_;
};

/// $edgeAgent and $edgeHub, which every edge device has; does nothing when they are there.
void add_system_modules(const Core& core, Twins& twins, const std::string& device_id);

}  // namespace fwctl::localhub
