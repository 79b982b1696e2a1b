#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fwctl/firmware/contract.hpp"
#include "fwctl/iothub/hub_client.hpp"

namespace fwctl::firmware {

/// The jobs that make up one update, mostly one, as the hub has them.
class JobParts {
 public:
  JobParts(iothub::HubClient& hub, std::vector<std::string> ids);

  /// Each by GET, while it lasts. Throws what the client throws.
  void read();

  std::size_t size() const { return parts_.size(); }
  std::vector<iothub::Job> jobs() const;  // in their order; those that the hub has
  iothub::JobStatistics written() const;  // by all together
  Time as_of() const;                     // of the job that was read the longest ago
  std::optional<Time> first_start() const;

  /// One has written to twins, or may yet do so.
  bool may_write() const;
  /// All have ended. Where one was cancelled, nobody submits those that are missing.
  bool ended() const;
  /// Whether they say how many devices they wrote to.
  bool counted() const;
  /// Throws UsageError when one writes no firmware, or another one than the first.
  std::string wanted_version() const;

 private:
  struct Part {
    std::string id;
    std::optional<iothub::Job> job;
    Time as_of{};
  };
  bool any(iothub::JobStatus status) const;

  iothub::HubClient& hub_;
  std::vector<Part> parts_;
};

/// The firmware that the patch of a job writes; nullopt when it writes none.
std::optional<Desired> firmware_in(const std::string& update_twin);

}  // namespace fwctl::firmware
