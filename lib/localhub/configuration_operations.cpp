#include "lib/localhub/responses.hpp"
#include "lib/localhub/service.hpp"

namespace fwctl::localhub {

HttpResponse Service::get_configuration(const ServiceRequest& request) {
  return entity_response(configurations_.get(request.segments[1]));
}

HttpResponse Service::put_configuration(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  const Json document = configurations_.put(request.segments[1], request.body(), request.if_match());
  transaction.commit();
  return entity_response(document);
}

HttpResponse Service::delete_configuration(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  configurations_.remove(request.segments[1], request.if_match());
  transaction.commit();
  return {204, {}, {}};
}

/// All of them, whatever `top` says, as on the real hub.
HttpResponse Service::list_configurations(const ServiceRequest&) { return json_response(configurations_.list()); }

HttpResponse Service::test_configuration_queries(const ServiceRequest& request) {
  return json_response(configurations_.test_queries(request.body()));
}

HttpResponse Service::apply_configuration_content(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  configurations_.apply_content(request.segments[1], request.body());
  transaction.commit();
  return {204, {}, {}};
}

}  // namespace fwctl::localhub
