#include "lib/localhub/digitaltwins/digital_twin.hpp"
#include "lib/localhub/service/responses.hpp"
#include "lib/localhub/service/service.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {
namespace {

/// A command of a component reaches the device as the method `component*command`.
std::string method_name(const ServiceRequest& request) {
  const auto& segments = request.segments;
  return segments.size() > 4 ? segments[3] + "*" + segments[5] : segments[3];
}

MethodCall command_of(const ServiceRequest& request) {
  Json body{{"methodName", method_name(request)},
            {"payload", request.http.body.empty() ? Json() : parse_json(request.http.body)}};
  for (const char* name : {"responseTimeoutInSeconds", "connectTimeoutInSeconds"}) {
    if (const std::string seconds = request.parameter(name); !seconds.empty()) body[name] = seconds;
  }
  return read_method_call(body);
}

HttpResponse command_response(const MethodAnswer& answer) {
  HttpResponse response = json_response(answer.payload);
  response.headers[wire::command_status] = std::to_string(answer.status);
  return response;
}

}  // namespace

Service::Answer Service::get_digital_twin(const ServiceRequest& request) {
  const TwinRow row = load_known_twin(core_.database, {request.segments[1]});
  return entity_response(digital_twin_document(row).dump(), row.etag());
}

Service::Answer Service::patch_digital_twin(const ServiceRequest& request) {
  const Json patch{{"properties", {{"desired", desired_of_json_patch(request.body())}}}};
  Transaction transaction(core_.database);
  const TwinRow row = parts_.twins.update({request.segments[1]}, patch, plain_etag(request.if_match()));
  transaction.commit();
  return HttpResponse{
      202, {{wire::etag, fmt::format("\"{}\"", row.etag())}, {wire::location, request.http.target}}, {}};
}

Service::Answer Service::invoke_command(const ServiceRequest& request) {
  const TwinKey key = load_known_twin(core_.database, {request.segments[1]}).key;
  return call_method(key, command_of(request), command_response);
}

}  // namespace fwctl::localhub
