#include "lib/localhub/configurations/metrics.hpp"
#include "lib/localhub/service/responses.hpp"
#include "lib/localhub/service/service.hpp"

namespace fwctl::localhub {
namespace {

HttpResponse configuration_response(const Database& database, const ConfigurationRow& row) {
  return entity_response(configuration_document(row, count_metrics(database, row)).dump(), row.etag());
}

}  // namespace

/// Counting may take long.
Service::Answer Service::counted(const ConfigurationRow& row) {
  return [this, row](const Done& done) {
    parts_.aside.run([row](const Database& database) { return configuration_response(database, row); }, done);
  };
}

Service::Answer Service::get_configuration(const ServiceRequest& request) {
  return counted(load_known_configuration(core_.database, request.segments[1]));
}

Service::Answer Service::put_configuration(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  const ConfigurationRow row = parts_.configurations.put(request.segments[1], request.body(), request.if_match());
  transaction.commit();
  return counted(row);
}

Service::Answer Service::delete_configuration(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  parts_.configurations.remove(request.segments[1], request.if_match());
  transaction.commit();
  return empty_response();
}

/// All of them, whatever `top` says, as on the real hub.
Service::Answer Service::list_configurations(const ServiceRequest&) {
  std::vector<ConfigurationRow> rows;
  for (const std::string& id : configuration_ids(core_.database)) {
    rows.push_back(load_known_configuration(core_.database, id));
  }
  return [this, rows](const Done& done) {
    parts_.aside.run(
        [rows](const Database& database) {
          Json documents = Json::array();
          for (const ConfigurationRow& row : rows) {
            documents.push_back(configuration_document(row, count_metrics(database, row)));
          }
          return json_response(documents);
        },
        done);
  };
}

Service::Answer Service::test_configuration_queries(const ServiceRequest& request) {
  return json_response(parts_.configurations.test_queries(request.body()));
}

Service::Answer Service::apply_configuration_content(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  parts_.configurations.apply_content(request.segments[1], request.body());
  transaction.commit();
  return empty_response();
}

}  // namespace fwctl::localhub
