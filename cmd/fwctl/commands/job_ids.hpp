#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/fwctl/context.hpp"

namespace fwctl::cli {

/// A target list that is too long for one condition becomes several jobs of the hub, which together are one logical
/// job: the parts of `fw` are called fw-1-of-3, fw-2-of-3 and fw-3-of-3.
struct PartId {
  std::string logical;
  std::size_t number = 0;  // from 1
  std::size_t count = 0;
};

/// The id of a part; with a count of 1 the logical id itself.
std::string part_id(const std::string& logical, std::size_t number, std::size_t count);
/// Those of all parts, in their order.
std::vector<std::string> part_ids(const std::string& logical, std::size_t count);
std::optional<PartId> parse_part_id(std::string_view id);
/// Whether both are parts of one logical job.
bool of_one_job(std::string_view id, std::string_view other);

/// fw-2-8-5-20260101t000000-4f2a: what every hub takes, with room for the names of parts.
std::string derived_job_id(const std::string& version, Context& ctx);

/// The id, when the hub takes it and those of so many parts; else throws UsageError.
std::string checked_job_id(const std::string& id, std::size_t parts);

}  // namespace fwctl::cli
