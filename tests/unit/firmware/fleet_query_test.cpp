#include "lib/firmware/fleet_query.hpp"

#include <gtest/gtest.h>

#include "fwctl/firmware/census.hpp"

namespace fwctl::firmware::fleet_query {
namespace {

constexpr std::size_t most = 8192;  // characters that the hub takes

/// As the devices of a job with the longest condition and the longest version are selected.
std::string longest(const std::string& version) {
  return both(both(std::string(longest_condition, 'c'), wants(version)), asked_since(Time{}));
}

TEST(FleetQueries, AreNotTooLongForTheHub) {
  const std::string version(longest_version, 'v');
  const std::string condition = longest(version);

  EXPECT_LE(count_groups(both(condition, reported_before_asked())).size(), most);
  EXPECT_LE(count(both(condition, runs(version))).size(), most);
  EXPECT_LE(select_ids(both(condition, does_not_run(version))).size(), most);
  EXPECT_LE(count(both(condition, both(both(does_not_run(version), has_not_failed()), changed_since(Time{})))).size(),
            most);
  EXPECT_LE(
      select("*", both(both(both(condition, says_failed()), reported_since_asked()), reported_after(Time{}))).size(),
      most);
  EXPECT_LE(count_versions(condition).size(), most);
}

}  // namespace
}  // namespace fwctl::firmware::fleet_query
