#pragma once

#include <string>
#include <vector>

namespace fwctl::test {

/// A setting of the stand-in hub's switches under which every command has to end well.
struct Fault {
  enum class Strength { once, sometimes, always };

  std::string field;     // the switch
  std::string value;     // of it, as the table of the matrix shows it
  std::string switches;  // all that are set, as a JSON object
  Strength strength = Strength::always;
  bool is_share = false;  // of single requests or messages

  std::string name() const { return field + " " + value; }
};

/// Every switch that the hub has, with the values that matter.
std::vector<Fault> all_faults();

}  // namespace fwctl::test
