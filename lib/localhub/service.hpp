#pragma once

#include <map>
#include <string>
#include <vector>

#include "fwctl/base/http.hpp"
#include "lib/localhub/configurations/configurations.hpp"
#include "lib/localhub/devices/sessions.hpp"
#include "lib/localhub/jobs/jobs.hpp"
#include "lib/localhub/policies.hpp"
#include "lib/localhub/registry.hpp"

namespace fwctl::localhub {

/// A service request with its target taken apart.
struct ServiceRequest {
  std::string method;                        // after X-HTTP-Method-Override
  std::string path;                          // decoded, without leading or trailing slash
  std::vector<std::string> segments;         // of the path, each decoded
  std::map<std::string, std::string> query;  // decoded
  const HttpRequest& http;

  std::string if_match() const;
  Json body() const;  // throws ApiError (400)
};

/// The service's REST interface: routes, permissions, and what each operation answers.
class Service {
 public:
  Service(Core& core, const Policies& policies, Registry& registry, Twins& twins, Jobs& jobs,
          Configurations& configurations, Sessions& sessions)
      : core_(core),
        policies_(policies),
        registry_(registry),
        twins_(twins),
        jobs_(jobs),
        configurations_(configurations),
        sessions_(sessions) {}

  /// Throws ApiError.
  HttpResponse handle(const HttpRequest& request);

 private:
  using Handler = HttpResponse (Service::*)(const ServiceRequest&);
  struct Route {
    const char* method;
    const char* pattern;  // `*` stands for one segment
    Permission permission;
    Handler handler;
  };
  static const std::vector<Route>& routes();
  const Route& route(const ServiceRequest& request) const;

  HttpResponse get_device(const ServiceRequest& request);
  HttpResponse put_device(const ServiceRequest& request);
  HttpResponse delete_device(const ServiceRequest& request);
  HttpResponse list_devices(const ServiceRequest& request);
  HttpResponse bulk_devices(const ServiceRequest& request);
  HttpResponse registry_statistics(const ServiceRequest& request);
  HttpResponse service_statistics(const ServiceRequest& request);
  HttpResponse get_twin(const ServiceRequest& request);
  HttpResponse patch_twin(const ServiceRequest& request);
  HttpResponse put_twin(const ServiceRequest& request);
  HttpResponse query(const ServiceRequest& request);
  HttpResponse put_job(const ServiceRequest& request);
  HttpResponse get_job(const ServiceRequest& request);
  HttpResponse cancel_job(const ServiceRequest& request);
  HttpResponse list_jobs(const ServiceRequest& request);
  HttpResponse list_import_jobs(const ServiceRequest& request);
  HttpResponse get_import_job(const ServiceRequest& request);
  HttpResponse get_configuration(const ServiceRequest& request);
  HttpResponse put_configuration(const ServiceRequest& request);
  HttpResponse delete_configuration(const ServiceRequest& request);
  HttpResponse list_configurations(const ServiceRequest& request);
  HttpResponse test_configuration_queries(const ServiceRequest& request);
  HttpResponse apply_configuration_content(const ServiceRequest& request);

  Core& core_;
  const Policies& policies_;
  Registry& registry_;
  Twins& twins_;
  Jobs& jobs_;
  Configurations& configurations_;
  Sessions& sessions_;
};

}  // namespace fwctl::localhub
