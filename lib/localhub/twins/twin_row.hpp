#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lib/localhub/core.hpp"
#include "lib/localhub/json.hpp"
#include "lib/localhub/twins/sections.hpp"

namespace fwctl::localhub {

/// A row of the table `twins`: an identity and its twin, which live and die together.
struct TwinRow {
  std::string device_id;
  std::string generation_id;
  std::string identity_etag;  // unquoted
  std::string status = "enabled";
  std::optional<std::string> status_reason;
  std::string status_updated;
  std::string connection_state = "Disconnected";
  std::string connection_state_updated;
  std::string last_activity;
  Json authentication;
  std::string authentication_type = "sas";
  Json capabilities{{"iotEdge", false}};
  std::string model_id;
  std::int64_t twin_etag = 1;
  std::int64_t version = 2;
  std::optional<Json> tags;
  Section desired;
  std::int64_t desired_version = 1;
  Section reported;
  std::int64_t reported_version = 1;
  std::optional<Json> configurations;  // id to {status}; nullopt while none targets the twin

  /// The twin's etag on the wire: base64 of the counter in eight bytes, the highest first.
  std::string etag() const;
};

/// The hub's "never", as identities and twins write it.
inline constexpr const char* never_text = "0001-01-01T00:00:00Z";

std::optional<TwinRow> load_twin(const Database& database, const std::string& device_id);
std::optional<TwinRow> load_twin(const Database& database, std::int64_t sequence);
/// Throws ApiError (404) when the device is not registered.
TwinRow load_known_twin(const Database& database, const std::string& device_id);

void insert_twin(const Database& database, const TwinRow& row);
void save_twin(const Database& database, const TwinRow& row);
/// The connection's part alone, which every connect and disconnect writes.
void save_connection_state(const Database& database, const std::string& device_id, const char* state,
                           const std::string& now);

/// The twin as the service shows it.
Json twin_document(const TwinRow& row);
/// The identity as the registry shows it, keys included.
Json identity_document(const TwinRow& row);

}  // namespace fwctl::localhub
