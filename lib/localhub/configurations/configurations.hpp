#pragma once

#include <string>
#include <string_view>

#include "lib/localhub/configurations/evaluator.hpp"

namespace fwctl::localhub {

/// Automatic device management: configurations kept, evaluated without end. Callers of what writes hold
/// the transaction; run_due() holds its own.
class Configurations {
 public:
  Configurations(Core& core, Twins& twins) : core_(core), twins_(twins), evaluator_(core, twins) {}

  /// PUT: creates without an If-Match (409 when it exists), updates with `"etag"`, `"*"` or `*` (404, 412). An etag
  /// without quotes counts for nothing, as on the real hub. An update never changes the content.
  ConfigurationRow put(const std::string& id, const Json& body, std::string_view if_match);
  /// If-Match is optional here: 412 when it is given and stale.
  void remove(const std::string& id, std::string_view if_match);
  /// {targetConditionError, customMetricQueryErrors}: what a PUT would object to; `*` too, as on the real hub.
  Json test_queries(const Json& body) const;
  /// Writes the content for modules to an edge device's modules, at once.
  void apply_content(const std::string& device_id, const Json& content);

  void twin_changed(std::int64_t sequence) { evaluator_.twin_changed(sequence); }
  std::optional<Time> next_due() const;
  /// One transaction: a slice of the twins that are due.
  void run_due();

 private:
  ConfigurationRow create(ConfigurationRow row);
  ConfigurationRow update(ConfigurationRow row, std::string_view etag);
  void forget_namesake(const std::string& id);

  Core& core_;
  Twins& twins_;
  Evaluator evaluator_;
};

}  // namespace fwctl::localhub
