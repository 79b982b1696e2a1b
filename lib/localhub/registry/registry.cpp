#include "lib/localhub/registry/registry.hpp"

#include <fmt/core.h>

#include "lib/localhub/api_error.hpp"
#include "lib/localhub/registry/identity.hpp"
#include "lib/localhub/registry/modules.hpp"

namespace fwctl::localhub {
namespace {

std::int64_t count(const Database& database, const char* sql) {
  Statement row = database.prepare(sql);
  row.step();
  return row.integer(0);
}

}  // namespace

TwinRow Registry::create(const std::string& id, const Json& body) {
  validate_id(id);
  if (load_twin(core_.database, TwinKey{id})) {
    throw ApiError(error_names::device_exists, fmt::format("A device with ID '{}' is already registered.", id));
  }
  TwinRow row = new_identity(core_, {id});
  set_identity(row, body, never_text);
  twins_.add(row);
  if (row.is_edge()) add_system_modules(core_, twins_, id);
  return row;
}

TwinRow Registry::put(const std::string& id, const Json& body, std::string_view if_match) {
  const std::string named = text_member(body, "deviceId");
  if (!named.empty() && named != id) {
    throw ApiError(error_names::argument_invalid, "deviceId in the body is not the one in the path.");
  }
  if (if_match.empty()) return create(id, body);
  TwinRow row = get(id);
  check_etag(row, if_match);
  set_identity(row, body, core_.now_text());
  renew_etag(core_, row);
  save_identity(core_.database, row);
  if (row.is_edge()) add_system_modules(core_, twins_, id);
  return row;
}

void Registry::remove(const std::string& id, std::string_view if_match) {
  require_etag(core_, if_match);
  check_etag(get(id), if_match);
  core_.database.prepare("DELETE FROM twins WHERE device_id = ?").bind_all(id).run();
  // The device's own and those of its modules, `id/module`: `0` is the character behind the slash.
  core_.database
      .prepare("DELETE FROM subscriptions WHERE client_id = ?1 OR (client_id > ?1 || '/' AND client_id < ?1 || '0')")
      .bind_all(id)
      .run();
}

std::vector<TwinRow> Registry::list(std::int64_t top) const {
  Statement rows = core_.database.prepare(
      fmt::format("SELECT {} FROM twins WHERE module_id = '' ORDER BY sequence LIMIT ?", twin_columns));
  rows.bind_all(top);
  std::vector<TwinRow> devices;
  while (rows.step()) devices.push_back(read_twin(rows));
  return devices;
}

Json Registry::statistics() const {
  const auto all = count(core_.database, "SELECT COUNT(*) FROM twins WHERE module_id = ''");
  const auto disabled =
      count(core_.database, "SELECT COUNT(*) FROM twins WHERE status = 'disabled' AND module_id = ''");
  return {{"totalDeviceCount", all}, {"enabledDeviceCount", all - disabled}, {"disabledDeviceCount", disabled}};
}

Json Registry::service_statistics() const {
  return {
      {"connectedDeviceCount",
       count(core_.database, "SELECT COUNT(*) FROM twins WHERE connection_state = 'Connected' AND module_id = ''")}};
}

}  // namespace fwctl::localhub
