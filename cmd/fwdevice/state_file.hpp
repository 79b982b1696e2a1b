#pragma once

#include <string>

#include "fwctl/device/update_machine.hpp"

namespace fwctl::device::cli {

/// Where one device keeps what it must know after a restart. An empty path keeps nothing.
class StateFile {
 public:
  explicit StateFile(std::string path) : path_(std::move(path)) {}

  /// What was saved, or a device fresh from the factory with `version`. Throws UsageError when the file is not one of
  /// ours.
  UpdateState load(const std::string& version) const;

  /// Replaces the file as a whole. Throws Error when that fails.
  void save(const UpdateState& state) const;

 private:
  std::string path_;
};

}  // namespace fwctl::device::cli
