#include "lib/localhub/registry/modules.hpp"

#include <fmt/core.h>

#include "lib/localhub/api_error.hpp"
#include "lib/localhub/registry/identity.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::size_t most_modules = 50;

void set_module(TwinRow& row, const Json& body) {
  if (!body.is_object()) throw ApiError(error_names::argument_invalid, "The module must be an object.");
  set_authentication(row, body);
  const std::string managed_by = text_member(body, "managedBy");
  row.managed_by = managed_by.empty() ? std::nullopt : std::optional(managed_by);
}

void check_named(const Json& body, const char* member, const std::string& id) {
  const std::string named = text_member(body, member);
  if (named.empty() || named == id) return;
  throw ApiError(error_names::argument_invalid, fmt::format("{} in the body is not the one in the path.", member));
}

}  // namespace

void Modules::require_device(const std::string& device_id) const {
  const auto device = load_twin(core_.database, TwinKey{device_id});
  if (!device || device->status != "enabled") throw ApiError(error_names::unauthorized, "Unauthorized");
}

TwinRow Modules::create(const TwinKey& key, const Json& body) {
  validate_id(key.module_id);
  if (key.module_id.front() == '$') {
    throw ApiError(error_names::argument_invalid, "Module ids that begin with $ are reserved.");
  }
  if (load_twin(core_.database, key)) {
    throw ApiError(
        error_names::module_exists,
        fmt::format("A module with ID '{}' on device '{}' is already registered.", key.module_id, key.device_id),
        Envelope::flat);
  }
  if (list(key.device_id).size() >= most_modules) {
    throw ApiError(error_names::too_many_modules, fmt::format("A device has at most {} modules.", most_modules),
                   Envelope::flat);
  }
  TwinRow row = new_identity(core_, key);
  set_module(row, body);
  twins_.add(row);
  return row;
}

TwinRow Modules::put(const TwinKey& key, const Json& body, std::string_view if_match) {
  require_device(key.device_id);
  check_named(body, "deviceId", key.device_id);
  check_named(body, "moduleId", key.module_id);
  if (if_match.empty()) return create(key, body);
  TwinRow row = get(key);
  check_etag(row, if_match);
  set_module(row, body);
  renew_etag(core_, row);
  save_identity(core_.database, row);
  return row;
}

TwinRow Modules::get(const TwinKey& key) const {
  require_device(key.device_id);
  auto row = load_twin(core_.database, key);
  if (row) return std::move(*row);
  throw ApiError(error_names::module_not_found,
                 fmt::format("Module '{}' on device '{}' is not registered.", key.module_id, key.device_id),
                 Envelope::flat);
}

void Modules::remove(const TwinKey& key, std::string_view if_match) {
  require_etag(core_, if_match);
  const TwinRow row = get(key);
  check_etag(row, if_match);
  core_.database.prepare("DELETE FROM twins WHERE sequence = ?").bind_all(row.sequence).run();
  core_.database.prepare("DELETE FROM subscriptions WHERE client_id = ?").bind_all(key.text()).run();
}

std::vector<TwinRow> Modules::list(const std::string& device_id) const {
  require_device(device_id);
  Statement rows = core_.database.prepare(
      fmt::format("SELECT {} FROM twins WHERE device_id = ? AND module_id <> '' ORDER BY sequence", twin_columns));
  rows.bind_all(device_id);
  std::vector<TwinRow> modules;
  while (rows.step()) modules.push_back(read_twin(rows));
  return modules;
}

void add_system_modules(const Core& core, Twins& twins, const std::string& device_id) {
  for (const char* name : {"$edgeAgent", "$edgeHub"}) {
    const TwinKey key{device_id, name};
    if (load_twin(core.database, key)) continue;
    TwinRow row = new_identity(core, key);
    set_authentication(row, Json::object());
    row.managed_by = "iotEdge";
    twins.add(row);
  }
}

}  // namespace fwctl::localhub
