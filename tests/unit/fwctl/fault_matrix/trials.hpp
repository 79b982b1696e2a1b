#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/support/run_fwctl.hpp"

namespace fwctl::test {

/// Two chillers, which update as they are told, and a pump, on a hub that has seen the first job.
class FleetUnderFaults : public FlakyHub {
 public:
  FleetUnderFaults();

  /// From now on. The throttles of a small hub are used up at once.
  void set_switches(const std::string& json);
  /// All but the clock's: what was written stays at its time.
  void end_faults();

 private:
  void devices_act();
};

/// A command as it is tried under each fault.
struct Trial {
  std::string command;                 // of commands(); more than one trial may be of the same
  std::vector<std::string> arguments;  // behind its name
  bool asks_hub = true;
  /// What the hub needs beforehand, and has to have when the command says that all is well.
  std::function<void(FlakyHub&)> prepare = [](FlakyHub&) {};
  std::function<bool(FlakyHub&)> is_done = [](FlakyHub&) { return true; };

  std::string name() const;
};

const std::vector<Trial>& all_trials();

}  // namespace fwctl::test
