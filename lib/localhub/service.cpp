#include "lib/localhub/service.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "fwctl/base/url.hpp"
#include "lib/localhub/api_error.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), segment.size() + 1));
    if (!segment.empty()) segments.push_back(percent_decode(segment).value_or(std::string(segment)));
  }
  return segments;
}

std::string method_of(const HttpRequest& http) {
  const std::string_view override_method = header(http.headers, wire::method_override);
  return http.method == "POST" && !override_method.empty() ? std::string(override_method) : http.method;
}

ServiceRequest take_apart(const HttpRequest& http) {
  Target target = parse_target(http.target);
  std::vector<std::string> segments = split(target.path);
  std::string path;
  for (const std::string& segment : segments) path += (path.empty() ? "" : "/") + segment;
  return {method_of(http), std::move(path), std::move(segments), std::move(target.query), http};
}

bool matches(std::string_view pattern, const std::vector<std::string>& segments) {
  const std::vector<std::string> wanted = split(pattern);
  return std::equal(wanted.begin(), wanted.end(), segments.begin(), segments.end(),
                    [](const std::string& want, const std::string& got) { return want == "*" || want == got; });
}

/// 2016-02-03 and later, optionally a preview.
void check_api_version(const ServiceRequest& request) {
  const auto found = request.query.find(wire::api_version);
  const std::string version = found == request.query.end() ? "" : found->second.substr(0, 10);
  const std::string rest = found == request.query.end() ? "" : found->second.substr(version.size());
  const bool good = version >= "2016" && parse_iso8601(version + "T00:00:00Z") && (rest.empty() || rest == "-preview");
  if (!good) throw ApiError(error_names::invalid_protocol_version, "The api-version is missing or not supported.");
}

}  // namespace

std::string ServiceRequest::if_match() const { return std::string(header(http.headers, wire::if_match)); }

Json ServiceRequest::body() const { return parse_json(http.body); }

const std::vector<Service::Route>& Service::routes() {
  using enum Permission;
  // A pattern without `*` stands before one that would match the same path.
  static const std::vector<Route> all{
      {"POST", "devices/query", service_connect, &Service::query},
      {"GET", "devices", registry_read, &Service::list_devices},
      {"POST", "devices", registry_write, &Service::bulk_devices},
      {"GET", "devices/*", registry_read, &Service::get_device},
      {"PUT", "devices/*", registry_write, &Service::put_device},
      {"DELETE", "devices/*", registry_write, &Service::delete_device},
      {"POST", "devices/*/applyConfigurationContent", registry_write, &Service::apply_configuration_content},
      {"POST", "configurations/testQueries", registry_read, &Service::test_configuration_queries},
      {"GET", "configurations", registry_read, &Service::list_configurations},
      {"GET", "configurations/*", registry_read, &Service::get_configuration},
      {"PUT", "configurations/*", registry_write, &Service::put_configuration},
      {"DELETE", "configurations/*", registry_write, &Service::delete_configuration},
      {"GET", "statistics/devices", registry_read, &Service::registry_statistics},
      {"GET", "statistics/service", registry_read, &Service::service_statistics},
      {"GET", "twins/*", service_connect, &Service::get_twin},
      {"PATCH", "twins/*", service_connect, &Service::patch_twin},
      {"PUT", "twins/*", service_connect, &Service::put_twin},
      {"GET", "jobs/v2/query", service_connect, &Service::list_jobs},
      {"GET", "jobs/v2/*", service_connect, &Service::get_job},
      {"PUT", "jobs/v2/*", service_connect, &Service::put_job},
      {"POST", "jobs/v2/*/cancel", service_connect, &Service::cancel_job},
      {"GET", "jobs", registry_read, &Service::list_import_jobs},
      {"GET", "jobs/*", registry_read, &Service::get_import_job},
  };
  return all;
}

const Service::Route& Service::route(const ServiceRequest& request) const {
  bool known_path = false;
  for (const Route& candidate : routes()) {
    if (!matches(candidate.pattern, request.segments)) continue;
    if (candidate.method == request.method) return candidate;
    known_path = true;
  }
  if (known_path) throw ApiError(error_names::method_not_allowed, "The method is not allowed on this resource.");
  throw ApiError(error_names::not_found, "The hub offers no such resource.");
}

HttpResponse Service::handle(const HttpRequest& http) {
  const ServiceRequest request = take_apart(http);
  const Route& found = route(request);
  policies_.authorize(header(http.headers, wire::authorization), request.path, found.permission);
  check_api_version(request);
  return (this->*found.handler)(request);
}

}  // namespace fwctl::localhub
