#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "fwctl/device/misbehaviour.hpp"

namespace fwctl::device::cli {

/// What both commands take.
struct CommonArguments {
  std::string connection_string;       // empty: not given
  std::string connection_string_file;  // empty: not given
  std::string ca_file;
  int mqtt_port = 8883;
  double time_scale = 1;
  std::string firmware_version = "1.0.0";
};

struct RunArguments {
  CommonArguments common;
  std::string state_file;  // empty: nothing is kept
};

struct FleetArguments {
  CommonArguments common;
  std::size_t count = 0;
  std::string prefix = "device-";
  std::string tags;  // JSON object, or empty
  std::uint64_t seed = 1;
  Shares shares;
};

/// Text to print (help, version), or what to do.
using Arguments = std::variant<std::string, RunArguments, FleetArguments>;

/// Throws UsageError.
Arguments parse_arguments(const std::vector<std::string>& arguments);

}  // namespace fwctl::device::cli
