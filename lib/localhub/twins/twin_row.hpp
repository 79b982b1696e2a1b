#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/localhub/core.hpp"
#include "lib/localhub/json.hpp"
#include "lib/localhub/twins/sections.hpp"
#include "lib/localhub/twins/twin_key.hpp"

namespace fwctl::localhub {

/// A row of the table `twins`: an identity and its twin, which live and die together. JSON columns stay texts, so that
/// reading a row parses nothing.
struct TwinRow {
  std::int64_t sequence = 0;  // creation order; given by the store
  TwinKey key;
  std::string generation_id;
  std::string identity_etag;  // unquoted
  std::string status = "enabled";
  std::optional<std::string> status_reason;
  std::string status_updated;
  std::string connection_state = "Disconnected";
  std::string connection_state_updated;
  std::string last_activity;
  std::string authentication;
  std::string authentication_type = "sas";
  std::string capabilities = R"({"iotEdge":false})";
  std::optional<std::string> device_scope;
  std::optional<std::string> parent_scopes;  // JSON array
  std::optional<std::string> managed_by;     // of modules
  std::string model_id;
  std::int64_t twin_etag = 1;
  std::int64_t version = 2;
  std::optional<std::string> tags;  // JSON object; absent until a tag was written first
  SectionText desired;
  std::int64_t desired_version = 1;
  SectionText reported;
  std::int64_t reported_version = 1;
  std::optional<std::string> configurations;  // JSON object

  bool is_edge() const { return capabilities.find("true") != std::string::npos; }
  /// The twin's etag on the wire: base64 of the counter in eight bytes, the highest first.
  std::string etag() const;
};

/// The hub's "never", as identities and twins write it.
inline constexpr const char* never_text = "0001-01-01T00:00:00Z";

/// The columns that read_twin() takes, comma-separated.
extern const char* const twin_columns;
/// Reads a row whose columns begin at `first`.
TwinRow read_twin(const Statement& row, int first = 0);

std::optional<TwinRow> load_twin(const Database& database, const TwinKey& key);
std::optional<TwinRow> load_twin(const Database& database, std::int64_t sequence);
/// Throws ApiError (404) when the device is not registered, or has no such module.
TwinRow load_known_twin(const Database& database, const TwinKey& key);

/// A new row; its tags become searchable. Returns its sequence.
std::int64_t insert_twin(const Database& database, const TwinRow& row);
/// What the registry writes.
void save_identity(const Database& database, const TwinRow& row);
/// What writes to the twin move: sections, versions, etag, configurations, last activity.
void save_properties(const Database& database, const TwinRow& row);
/// Makes the texts among the row's tags searchable by index; after every change of tags.
void index_tags(const Database& database, const TwinRow& row);
/// The connection's part alone, which every connect and disconnect writes.
void save_connection_state(const Database& database, const TwinKey& key, const char* state, const std::string& now);

}  // namespace fwctl::localhub
