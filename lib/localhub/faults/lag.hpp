#pragma once

#include <optional>
#include <string>

#include "lib/localhub/core.hpp"

namespace fwctl::localhub {

/// A query index that lags behind the twins. While the switch is on, triggers keep what every write to `twins`
/// replaced, and queries read the table as it was: new devices are not there yet, deleted ones still are.
class Lag {
 public:
  explicit Lag(Core& core);

  /// Brings the triggers in line with the switches.
  void apply();

  /// The time that queries are to see, as the store writes times; nullopt: now. Forgets what is older.
  std::optional<std::string> horizon();

 private:
  Core& core_;
};

/// SQL in front of a statement that makes its `twins` the table of the past. `?` once: the horizon, by number 1.
extern const std::string past_twins_sql;

}  // namespace fwctl::localhub
