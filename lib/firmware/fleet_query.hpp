#pragma once

#include <string>

#include "fwctl/base/clock.hpp"

/// The texts of all queries about a fleet's firmware. A condition is what stands after WHERE; `*` means every device.
namespace fwctl::firmware::fleet_query {

/// Both conditions.
std::string both(const std::string& condition, const std::string& other);

/// Devices of which this version is wanted; `since` is when the wish was written at the earliest.
std::string wants(const std::string& version);
std::string asked_since(Time since);
std::string asked_until(Time until);
/// Devices that reported after they were asked, or before it. Compares two properties, which not every hub may take.
std::string reported_since_asked();
std::string reported_before_asked();
std::string reported_after(Time time);
/// Devices that say that it went wrong.
std::string says_failed();
/// Devices of which the version is wanted, which run it, and said so after they were asked; and all others.
std::string runs(const std::string& version);
std::string does_not_run(const std::string& version);
/// Devices that do not say that it went wrong since they were asked.
std::string has_not_failed();
/// Devices that were asked, or reported, since.
std::string changed_since(Time time);

std::string select(const std::string& what, const std::string& condition);
std::string select_ids(const std::string& condition);

/// How many devices stand alike: rows of the columns below. One row a combination that occurs.
std::string count_groups(const std::string& condition);
inline constexpr const char* wanted_column = "w";
inline constexpr const char* status_column = "s";
inline constexpr const char* version_column = "v";
inline constexpr const char* connection_column = "c";
inline constexpr const char* count_column = "n";

/// How many run which version: rows of `v` and `n`.
std::string count_versions(const std::string& condition);

/// One row with the one column `n`; no row when there are none.
std::string count(const std::string& condition);

}  // namespace fwctl::firmware::fleet_query
