#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/fwctl/commands/device_ids.hpp"
#include "cmd/fwctl/context.hpp"
#include "cmd/fwctl/options.hpp"

namespace fwctl::cli {

struct TargetArgs {
  std::optional<std::string> where;
  std::vector<std::string> devices;
  std::string devices_file;
  bool confirm = false;
};
void declare_targets(Options& options, TargetArgs& args);

/// The twins that a job is for: those that a condition selects, or devices by name. A list of names that is too long
/// for one condition is cut into several, which are made when asked for: memory holds the list alone.
class Targets {
 public:
  explicit Targets(std::string condition);
  explicit Targets(DeviceIds ids);

  std::size_t parts() const { return ends_.size(); }
  std::string condition(std::size_t part) const;  // from 0
  /// How many devices were named, in all or for a part; 0 when a condition selects them.
  std::size_t named() const { return ids_.size(); }
  std::size_t named(std::size_t part) const { return ends_[part] - begin_of(part); }

 private:
  std::size_t begin_of(std::size_t part) const { return part == 0 ? 0 : ends_[part - 1]; }

  std::string condition_;
  DeviceIds ids_;
  std::vector<std::size_t> ends_;  // of each part, in ids_
};

/// How many devices a condition names that is such a list; 0 when it is another one.
std::size_t named_in(std::string_view condition);

/// What the flags say. Throws UsageError for what they can't mean, and for every device of the hub without --confirm.
Targets read_targets(const TargetArgs& args, Context& ctx);

}  // namespace fwctl::cli
