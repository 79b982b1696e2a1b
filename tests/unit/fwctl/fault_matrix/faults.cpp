#include "tests/unit/fwctl/fault_matrix/faults.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "fwctl/localhub/switches.hpp"

namespace fwctl::test {
namespace {

using localhub::Switches;
using localhub::SwitchField;
using Json = nlohmann::ordered_json;

/// What a switch that does nothing alone is tried with.
Json companions_of(const std::string& field) {
  static const std::map<std::string, Json> companions{{"units", {{"tier", "S1"}}},
                                                      {"retryAfter", {{"tier", "S1"}}},
                                                      {"slowBodyRate", {{"slowBody", 1}}},
                                                      {"faultLimit", {{"error503", 1}}},
                                                      {"seed", {{"error503", 0.3}}}};
  const auto found = companions.find(field);
  return found == companions.end() ? Json::object() : found->second;
}

/// The faults of one switch, by its type.
struct Spread {
  const SwitchField& field;
  std::vector<Fault>& faults;

  void operator()(bool Switches::*) const { add(true, Fault::Strength::always); }
  void operator()(std::string Switches::*) const { add("S1", Fault::Strength::always); }

  void operator()(std::int64_t Switches::*member) const {
    constexpr std::int64_t moderate = 30;
    constexpr std::int64_t no_bound = std::int64_t{1} << 53;
    for (const std::int64_t value : std::set{field.least, std::min(moderate, field.most), field.most}) {
      if (value != Switches{}.*member && value != no_bound) add(value, Fault::Strength::always);
    }
  }

  void operator()(double Switches::*) const {
    add(1, Fault::Strength::always);
    add(0.3, Fault::Strength::sometimes);
    add(1, Fault::Strength::once);
  }

  void add(const Json& value, Fault::Strength strength) const {
    Json switches = companions_of(field.name);
    switches[field.name] = value;
    const bool once = strength == Fault::Strength::once;
    if (once) switches["faultLimit"] = 1;
    const std::string shown = once ? "once" : value.is_string() ? value.get<std::string>() : value.dump();
    const bool is_share = std::holds_alternative<double Switches::*>(field.member);
    faults.push_back({field.name, shown, switches.dump(), strength, is_share});
  }
};

}  // namespace

std::vector<Fault> all_faults() {
  std::vector<Fault> faults;
  for (const SwitchField& field : localhub::switch_fields()) std::visit(Spread{field, faults}, field.member);
  return faults;
}

}  // namespace fwctl::test
