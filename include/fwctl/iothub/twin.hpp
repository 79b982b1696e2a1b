#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fwctl/base/clock.hpp"

namespace fwctl::iothub {

/// A device twin as the service sees it.
struct Twin {
  std::string device_id;
  std::string etag;  // unquoted; moves with tags and desired, not with reported
  std::int64_t version = 0;
  std::string status;                 // of its identity: enabled | disabled; a disabled device is not let in
  std::string connection_state;       // Connected | Disconnected; lags by minutes in query results
  std::optional<Time> last_activity;  // nullopt: never
  std::string document;               // the hub's own JSON, unchanged: tags, properties, $metadata
};

/// Reads one twin document, as GET /twins/{id} and `SELECT * FROM devices` give it. Throws ProtocolError.
Twin parse_twin(const std::string& document);

}  // namespace fwctl::iothub
