#include "lib/localhub/service/service.hpp"

#include <algorithm>

#include "lib/localhub/api_error.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {
namespace {

/// 2016-02-03 and later, optionally a preview.
void check_api_version(const ServiceRequest& request) {
  const auto found = request.query.find(wire::api_version);
  const std::string version = found == request.query.end() ? "" : found->second.substr(0, 10);
  const std::string rest = found == request.query.end() ? "" : found->second.substr(version.size());
  const bool good = version >= "2016" && parse_iso8601(version + "T00:00:00Z") && (rest.empty() || rest == "-preview");
  if (!good) throw ApiError(error_names::invalid_protocol_version, "The api-version is missing or not supported.");
}

}  // namespace

const std::vector<Service::Route>& Service::routes() {
  using enum Permission;
  using enum Operation;
  // A pattern without `*` stands before one that would match the same path.
  static const std::vector<Route> all{
      {"POST", "devices/query", service_connect, queries, &Service::query},
      {"GET", "devices", registry_read, registry, &Service::list_devices},
      {"POST", "devices", registry_write, registry, &Service::bulk_devices},
      {"GET", "devices/*", registry_read, registry, &Service::get_device},
      {"PUT", "devices/*", registry_write, registry, &Service::put_device},
      {"DELETE", "devices/*", registry_write, registry, &Service::delete_device},
      {"GET", "devices/*/modules", registry_read, registry, &Service::list_modules},
      {"GET", "devices/*/modules/*", registry_read, registry, &Service::get_module},
      {"PUT", "devices/*/modules/*", registry_write, registry, &Service::put_module},
      {"DELETE", "devices/*/modules/*", registry_write, registry, &Service::delete_module},
      {"DELETE", "devices/*/commands", service_connect, none, &Service::purge_commands},
      {"POST", "devices/*/applyConfigurationContent", registry_write, configurations,
       &Service::apply_configuration_content},
      {"POST", "configurations/testQueries", registry_read, configurations, &Service::test_configuration_queries},
      {"GET", "configurations", registry_read, configurations, &Service::list_configurations},
      {"GET", "configurations/*", registry_read, configurations, &Service::get_configuration},
      {"PUT", "configurations/*", registry_write, configurations, &Service::put_configuration},
      {"DELETE", "configurations/*", registry_write, configurations, &Service::delete_configuration},
      {"GET", "statistics/devices", registry_read, registry, &Service::registry_statistics},
      {"GET", "statistics/service", any_service, registry, &Service::service_statistics},
      {"GET", "twins/*", service_connect, twin_reads, &Service::get_twin},
      {"PATCH", "twins/*", service_connect, twin_updates, &Service::patch_twin},
      {"PUT", "twins/*", service_connect, twin_updates, &Service::put_twin},
      {"POST", "twins/*/methods", service_connect, methods, &Service::invoke_method},
      {"GET", "twins/*/modules/*", service_connect, twin_reads, &Service::get_twin},
      {"PATCH", "twins/*/modules/*", service_connect, twin_updates, &Service::patch_twin},
      {"PUT", "twins/*/modules/*", service_connect, twin_updates, &Service::put_twin},
      {"POST", "twins/*/modules/*/methods", service_connect, methods, &Service::invoke_method},
      {"GET", "digitaltwins/*", service_connect, twin_reads, &Service::get_digital_twin},
      {"PATCH", "digitaltwins/*", service_connect, twin_updates, &Service::patch_digital_twin},
      {"POST", "digitaltwins/*/commands/*", service_connect, methods, &Service::invoke_command},
      {"POST", "digitaltwins/*/components/*/commands/*", service_connect, methods, &Service::invoke_command},
      {"GET", "jobs/v2/query", service_connect, jobs, &Service::list_jobs},
      {"GET", "jobs/v2/*", service_connect, jobs, &Service::get_job},
      {"PUT", "jobs/v2/*", service_connect, jobs, &Service::put_job},
      {"POST", "jobs/v2/*/cancel", service_connect, jobs, &Service::cancel_job},
      {"GET", "jobs", registry_read, registry, &Service::list_import_jobs},
      {"POST", "jobs/create", registry_write, registry, &Service::create_import_job},
      {"GET", "jobs/*", registry_read, registry, &Service::get_import_job},
      {"DELETE", "jobs/*", registry_write, registry, &Service::cancel_import_job},
  };
  return all;
}

const Service::Route& Service::route(const ServiceRequest& request) {
  bool known_path = false;
  for (const Route& candidate : routes()) {
    if (!matches(candidate.pattern, request.segments)) continue;
    if (candidate.method == request.method) return candidate;
    known_path = true;
  }
  if (known_path) throw ApiError(error_names::method_not_allowed, "The method is not allowed on this resource.");
  throw ApiError(error_names::not_found, "The hub offers no such resource.");
}

Operation Service::operation_of(const HttpRequest& http) {
  const ServiceRequest request = take_apart(http);
  for (const Route& candidate : routes()) {
    if (candidate.method == request.method && matches(candidate.pattern, request.segments)) return candidate.operation;
  }
  return Operation::none;
}

std::int64_t Service::operations_in(const HttpRequest& http) {
  const ServiceRequest request = take_apart(http);
  if (request.method != "POST" || request.path != "devices") return 1;
  try {
    return std::max<std::int64_t>(1, std::ssize(request.body()));
  } catch (const ApiError&) {
    return 1;  // the operation itself will say so
  }
}

Service::Answer Service::handle(const HttpRequest& http) {
  const ServiceRequest request = take_apart(http);
  if (!is_utf8(request.path)) throw ApiError(error_names::format_error, "The path is not UTF-8.");
  const Route& found = route(request);
  parts_.policies.authorize(header(http.headers, wire::authorization), request.path, found.permission);
  check_api_version(request);
  return (this->*found.handler)(request);
}

}  // namespace fwctl::localhub
