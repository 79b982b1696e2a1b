#pragma once

#include <string_view>

#include "lib/localhub/twins/twin_key.hpp"

namespace fwctl::localhub {

inline constexpr const char* telemetry_counter = "telemetry";
inline constexpr std::size_t largest_telemetry = 256U * 1024;

/// `devices/{id}/messages/events/…`, or `devices/{id}/modules/{id}/messages/events/…`: the sender's own only.
inline bool is_telemetry_topic(const TwinKey& key, std::string_view topic) {
  std::string own = "devices/" + key.device_id;
  if (!key.module_id.empty()) own += "/modules/" + key.module_id;
  own += "/messages/events";
  return topic == own || topic.starts_with(own + "/");
}

}  // namespace fwctl::localhub
