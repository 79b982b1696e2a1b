#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/localhub/configurations/configuration_row.hpp"
#include "lib/localhub/configurations/content.hpp"
#include "lib/localhub/twins/twins.hpp"

namespace fwctl::localhub {

/// Finds out which configurations target a twin, writes the content of the winning one, and says so in the twin's
/// `configurations`. A change of configurations makes every twin due, a change of a twin that twin alone; after a start
/// every twin is due once, so nothing of this has to be kept but what the twins say themselves.
///
/// An edge deployment (modulesContent) targets devices, and says so in the twin of the device's $edgeAgent.
class Evaluator {
 public:
  Evaluator(Core& core, Twins& twins);

  void configurations_changed();
  void twin_changed(std::int64_t sequence);

  bool due() const { return reached_.has_value() || !changed_.empty(); }
  /// One slice in one transaction.
  void run_slice();

 private:
  /// A configuration, ready to be held against a twin.
  struct Rule {
    Content content;
    Author author;
    Statement targets;
  };

  std::vector<Rule>& rules();
  std::optional<Rule> rule_of(const ConfigurationRow& row) const;
  std::vector<std::int64_t> twins_after(std::int64_t sequence);
  void evaluate(std::int64_t sequence);
  bool write_content(const Rule& rule, std::int64_t sequence);
  void write_modules(const Rule& rule, const std::string& device_id);
  void end_pass();

  Core& core_;
  Twins& twins_;
  std::optional<std::vector<Rule>> rules_;  // in order of priority; nullopt: to be read
  std::optional<std::int64_t> reached_;     // the pass: the last twins.sequence it has evaluated
  std::set<std::int64_t> changed_;          // twins that are due on their own
};

}  // namespace fwctl::localhub
