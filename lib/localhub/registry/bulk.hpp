#pragma once

#include <set>

#include "lib/localhub/registry/modules.hpp"
#include "lib/localhub/registry/registry.hpp"

namespace fwctl::localhub {

/// POST /devices: up to a hundred lines of ExportImportDevice, each carried out for itself. Callers hold the
/// transaction.
class Bulk {
 public:
  Bulk(Core& core, Registry& registry, Modules& modules, Twins& twins)
      : core_(core), registry_(registry), modules_(modules), twins_(twins) {}

  /// {isSuccessful, errors, warnings}. Throws ApiError when the body is no such array.
  Json run(const Json& lines);

 private:
  /// `defined`: whose identities the lines before were about.
  void run_line(const Json& line, std::set<std::string>& defined);
  void create(const TwinKey& key, const Json& line);
  void update(const TwinKey& key, const Json& line, std::string_view etag);
  void remove(const TwinKey& key, std::string_view etag);

  Core& core_;
  Registry& registry_;
  Modules& modules_;
  Twins& twins_;
};

}  // namespace fwctl::localhub
