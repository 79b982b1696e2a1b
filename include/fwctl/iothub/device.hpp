#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fwctl/base/clock.hpp"
#include "fwctl/iothub/connection_string.hpp"

namespace fwctl::iothub {

/// An entry of the identity registry.
struct Device {
  std::string id;
  std::string etag;                            // unquoted
  std::string status;                          // enabled | disabled
  std::string connection_state;                // Connected | Disconnected
  std::optional<Time> last_activity;           // nullopt: never
  std::optional<SharedAccessKey> primary_key;  // absent for X.509 devices
  std::optional<SharedAccessKey> secondary_key;
  std::string document;  // the hub's own JSON, unchanged: it holds both keys
};

/// What a new device is to be. Without keys the hub makes them.
struct NewDevice {
  std::string id;
  std::optional<SharedAccessKey> primary_key;
  std::optional<SharedAccessKey> secondary_key;
  bool enabled = true;
  std::string tags;  // JSON object, for bulk registration only; empty: none
};

/// What bulk registration made of one device. Devices that went well are not mentioned.
struct BulkFailure {
  std::string device_id;
  std::string code;  // DeviceAlreadyExists, …
  std::string text;
};

}  // namespace fwctl::iothub
