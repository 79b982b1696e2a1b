#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/localhub/core.hpp"
#include "lib/localhub/json.hpp"

namespace fwctl::localhub {

/// A row of the table `configurations`.
struct ConfigurationRow {
  std::string id;
  std::optional<std::string> schema_version;
  Json labels;  // object, or null
  Json content;
  std::string target_condition;
  std::int64_t priority = 0;
  Json metrics = Json::object();  // name to query
  std::string created;
  std::string updated;
  std::int64_t etag_counter = 1;
  bool evaluated = false;

  /// On the wire: base64 of the counter in decimal.
  std::string etag() const;
};

std::optional<ConfigurationRow> load_configuration(const Database& database, const std::string& id);
/// Throws ApiError (404) when there is none.
ConfigurationRow load_known_configuration(const Database& database, const std::string& id);
/// In order of priority, the one that wins first.
std::vector<std::string> configuration_ids(const Database& database);

void insert_configuration(const Database& database, const ConfigurationRow& row);
/// What an update may change: all but id, content and creation.
void save_configuration(const Database& database, const ConfigurationRow& row);

/// Results of metrics, by name; empty until the configuration was evaluated.
struct MetricResults {
  Json system = Json::object();
  Json custom = Json::object();
};

/// The configuration as the service shows it.
Json configuration_document(const ConfigurationRow& row, const MetricResults& results);

}  // namespace fwctl::localhub
