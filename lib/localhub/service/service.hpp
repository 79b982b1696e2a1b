#pragma once

#include <functional>
#include <variant>
#include <vector>

#include "lib/localhub/configurations/configurations.hpp"
#include "lib/localhub/faults/lag.hpp"
#include "lib/localhub/faults/tiers.hpp"
#include "lib/localhub/jobs/import_jobs.hpp"
#include "lib/localhub/jobs/jobs.hpp"
#include "lib/localhub/policies.hpp"
#include "lib/localhub/registry/bulk.hpp"
#include "lib/localhub/service/aside.hpp"
#include "lib/localhub/service/request.hpp"

namespace fwctl::localhub {

/// The parts of the hub that operations use.
struct Parts {
  Core& core;
  const Policies& policies;
  Registry& registry;
  Modules& modules;
  Bulk& bulk;
  Twins& twins;
  Jobs& jobs;
  ImportJobs& import_jobs;
  Sessions& sessions;
  Methods& methods;
  Configurations& configurations;
  Aside& aside;
  Lag& lag;
};

/// The service's REST interface: routes, permissions, and what each operation answers.
class Service {
 public:
  explicit Service(const Parts& parts) : parts_(parts), core_(parts.core) {}

  using Done = std::function<void(HttpResponse)>;
  /// An answer, or what has to be waited for: it is started with the one who waits.
  using Answer = std::variant<HttpResponse, std::function<void(Done)>>;

  /// What the request counts as. Operation::none for what the hub does not offer.
  static Operation operation_of(const HttpRequest& request);
  /// As how many of them: each line of a bulk counts.
  static std::int64_t operations_in(const HttpRequest& request);

  /// Throws ApiError.
  Answer handle(const HttpRequest& request);

 private:
  using Handler = Answer (Service::*)(const ServiceRequest&);
  struct Route {
    const char* method;
    const char* pattern;  // `*` stands for one segment
    Permission permission;
    Operation operation;
    Handler handler;
  };
  static const std::vector<Route>& routes();
  static const Route& route(const ServiceRequest& request);

  Answer get_device(const ServiceRequest& request);
  Answer put_device(const ServiceRequest& request);
  Answer delete_device(const ServiceRequest& request);
  Answer list_devices(const ServiceRequest& request);
  Answer bulk_devices(const ServiceRequest& request);
  Answer get_module(const ServiceRequest& request);
  Answer put_module(const ServiceRequest& request);
  Answer delete_module(const ServiceRequest& request);
  Answer list_modules(const ServiceRequest& request);
  Answer purge_commands(const ServiceRequest& request);
  Answer registry_statistics(const ServiceRequest& request);
  Answer service_statistics(const ServiceRequest& request);
  Answer get_twin(const ServiceRequest& request);
  Answer patch_twin(const ServiceRequest& request);
  Answer put_twin(const ServiceRequest& request);
  Answer invoke_method(const ServiceRequest& request);
  /// Calls the device and waits for it; `on_answer` makes the response of what it answered.
  Answer call_method(const TwinKey& key, const MethodCall& call, HttpResponse (*on_answer)(const MethodAnswer&));
  Answer get_digital_twin(const ServiceRequest& request);
  Answer patch_digital_twin(const ServiceRequest& request);
  Answer invoke_command(const ServiceRequest& request);
  Answer query(const ServiceRequest& request);
  Answer put_job(const ServiceRequest& request);
  Answer get_job(const ServiceRequest& request);
  Answer cancel_job(const ServiceRequest& request);
  Answer list_jobs(const ServiceRequest& request);
  Answer list_import_jobs(const ServiceRequest& request);
  Answer get_import_job(const ServiceRequest& request);
  Answer create_import_job(const ServiceRequest& request);
  Answer cancel_import_job(const ServiceRequest& request);
  Answer get_configuration(const ServiceRequest& request);
  Answer put_configuration(const ServiceRequest& request);
  Answer delete_configuration(const ServiceRequest& request);
  Answer list_configurations(const ServiceRequest& request);
  Answer test_configuration_queries(const ServiceRequest& request);
  Answer apply_configuration_content(const ServiceRequest& request);
  Answer counted(const ConfigurationRow& row);

  Parts parts_;
  Core& core_;
};

}  // namespace fwctl::localhub
