#include "lib/localhub/faults/tiers.hpp"

#include <algorithm>
#include <array>

namespace fwctl::localhub {
namespace {

constexpr std::array<Tier, 4> tiers{{{"F1", 1, 10, 0}, {"S1", 1, 10, 0}, {"S2", 5, 10, 1}, {"S3", 10, 0, 50}}};

/// The larger of a rate for the hub and one for each unit.
struct Rate {
  double hub;
  double unit;
};

/// F1 and S1; S2; S3. A method call counts as one of 4 KB.
struct Row {
  Operation operation;
  const char* name;
  std::array<Rate, 3> rates;
};

constexpr double minute = 60;
constexpr std::array<Row, operation_count> rows{{
    {Operation::registry, "DeviceRegistry", {{{0, 100 / minute}, {0, 100 / minute}, {0, 5000 / minute}}}},
    {Operation::queries, "Query", {{{0, 20 / minute}, {0, 20 / minute}, {0, 1000 / minute}}}},
    {Operation::twin_reads, "TwinReads", {{{100, 0}, {100, 10}, {0, 500}}}},
    {Operation::twin_updates, "TwinUpdates", {{{50, 0}, {50, 5}, {0, 250}}}},
    {Operation::jobs, "Jobs", {{{0, 100 / minute}, {0, 100 / minute}, {0, 5000 / minute}}}},
    {Operation::configurations, "Configurations", {{{0, 20 / minute}, {0, 20 / minute}, {0, 20 / minute}}}},
    {Operation::methods, "DirectMethods", {{{0, 40}, {0, 120}, {0, 6000}}}},
    {Operation::connections, "DeviceConnections", {{{100, 12}, {0, 120}, {0, 6000}}}},
    {Operation::telemetry, "D2CMessages", {{{100, 12}, {0, 120}, {0, 6000}}}},
}};

std::size_t column_of(const Tier& tier) { return tier.name == "S3" ? 2 : tier.name == "S2" ? 1 : 0; }

const Row& row_of(Operation operation) { return rows.at(static_cast<std::size_t>(operation)); }

}  // namespace

const char* name_of(Operation operation) { return operation == Operation::none ? "" : row_of(operation).name; }

const Tier* find_tier(std::string_view name) {
  const auto* found = std::find_if(tiers.begin(), tiers.end(), [&](const Tier& tier) { return tier.name == name; });
  return found == tiers.end() ? nullptr : found;
}

std::int64_t most_configurations(const Tier* tier) { return tier != nullptr && tier->name == "F1" ? 10 : 100; }

double rate_of(const Tier& tier, Operation operation, std::int64_t units) {
  const Rate& rate = row_of(operation).rates.at(column_of(tier));
  return std::max(rate.hub, rate.unit * static_cast<double>(units));
}

}  // namespace fwctl::localhub
