#pragma once

#include <string>
#include <vector>

#include "fwctl/iothub/job.hpp"

namespace fwctl::cli {

/// In what a stored job is another than the one that was asked for; empty: they are the same. Members are named, their
/// values are not, but for times: a package address may carry a signature.
std::vector<std::string> differences(const iothub::Job& stored, const iothub::TwinJob& wanted);

}  // namespace fwctl::cli
