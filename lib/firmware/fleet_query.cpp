#include "lib/firmware/fleet_query.hpp"

#include <fmt/core.h>

#include "fwctl/base/iso8601.hpp"
#include "fwctl/iothub/query_text.hpp"
#include "lib/firmware/wire_names.hpp"

namespace fwctl::firmware::fleet_query {
namespace {

using iothub::quote_literal;

std::string desired(const char* member) { return fmt::format("properties.desired.{}.{}", wire::firmware, member); }
std::string reported(const char* member) { return fmt::format("properties.reported.{}.{}", wire::firmware, member); }

const std::string desired_at = fmt::format("properties.desired.$metadata.{}.$lastUpdated", wire::firmware);
const std::string reported_at = fmt::format("properties.reported.$metadata.{}.$lastUpdated", wire::firmware);

/// The hub compares times as texts, so the layout must be its own.
std::string literal(Time time) { return quote_literal(format_iso8601(time)); }

}  // namespace

std::string both(const std::string& condition, const std::string& other) {
  return condition == "*" ? other : fmt::format("({}) AND {}", condition, other);
}

std::string wants(const std::string& version) {
  return fmt::format("{} = {}", desired(wire::version), quote_literal(version));
}

std::string asked_since(Time since) { return fmt::format("{} >= {}", desired_at, literal(since)); }

std::string asked_until(Time until) { return fmt::format("{} <= {}", desired_at, literal(until)); }

std::string reported_since_asked() { return fmt::format("{} > {}", reported_at, desired_at); }
std::string reported_before_asked() { return fmt::format("{} <= {}", reported_at, desired_at); }
std::string reported_after(Time time) { return fmt::format("{} > {}", reported_at, literal(time)); }

std::string says_failed() {
  return fmt::format("{} IN [{}, {}]", reported(wire::status), quote_literal(wire::status_error),
                     quote_literal(wire::status_rolled_back));
}

std::string has_not_failed() {
  return fmt::format("(NOT IS_DEFINED({}) OR NOT ({}) OR {})", reported(wire::status), says_failed(),
                     reported_before_asked());
}

std::string changed_since(Time time) {
  return fmt::format("({} > {} OR {})", desired_at, literal(time), reported_after(time));
}

std::string runs(const std::string& version) {
  return fmt::format("{} AND {} = {} AND {} = {} AND {}", wants(version), reported(wire::status),
                     quote_literal(wire::status_current), reported(wire::current_version), quote_literal(version),
                     reported_since_asked());
}

/// Not the negation of runs(): that says nothing of devices that lack one of the properties.
std::string does_not_run(const std::string& version) {
  std::string text = "(";
  for (const std::string& needed :
       {desired(wire::version), reported(wire::status), reported(wire::current_version), reported_at, desired_at}) {
    text += fmt::format("NOT IS_DEFINED({}) OR ", needed);
  }
  return text + fmt::format("{0} != {1} OR {2} != {3} OR {4} != {1} OR {5})", desired(wire::version),
                            quote_literal(version), reported(wire::status), quote_literal(wire::status_current),
                            reported(wire::current_version), reported_before_asked());
}

std::string select(const std::string& what, const std::string& condition) {
  return fmt::format("SELECT {} FROM devices{}", what, condition == "*" ? "" : " WHERE " + condition);
}

std::string select_ids(const std::string& condition) { return select("deviceId", condition); }

std::string count_groups(const std::string& condition) {
  const std::string wanted = desired(wire::version);
  const std::string status = reported(wire::status);
  const std::string version = reported(wire::current_version);
  const std::string columns =
      fmt::format("{} AS {}, {} AS {}, {} AS {}, connectionState AS {}, COUNT() AS {}", wanted, wanted_column, status,
                  status_column, version, version_column, connection_column, count_column);
  return fmt::format("{} GROUP BY {}, {}, {}, connectionState", select(columns, condition), wanted, status, version);
}

std::string count_versions(const std::string& condition) {
  const std::string version = reported(wire::current_version);
  return fmt::format("{} GROUP BY {}",
                     select(fmt::format("{} AS {}, COUNT() AS {}", version, version_column, count_column), condition),
                     version);
}

std::string count(const std::string& condition) {
  return select(fmt::format("COUNT() AS {}", count_column), condition);
}

}  // namespace fwctl::firmware::fleet_query
