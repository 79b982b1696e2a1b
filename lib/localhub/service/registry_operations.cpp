#include "lib/localhub/service/responses.hpp"
#include "lib/localhub/service/service.hpp"
#include "lib/localhub/twins/twin_text.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::int64_t largest_list = 1000;

HttpResponse identity_response(const TwinRow& row) { return entity_response(identity_text(row), row.identity_etag); }

HttpResponse identities_response(const std::vector<TwinRow>& rows) {
  std::vector<std::string> texts;
  for (const TwinRow& row : rows) texts.push_back(identity_text(row));
  return json_response(json_array(texts));
}

}  // namespace

Service::Answer Service::get_device(const ServiceRequest& request) {
  return identity_response(parts_.registry.get(request.key().device_id));
}

Service::Answer Service::put_device(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  const TwinRow row = parts_.registry.put(request.key().device_id, request.body(), request.if_match());
  transaction.commit();
  parts_.sessions.drop_unless_allowed(row.key.device_id);
  return identity_response(row);
}

Service::Answer Service::delete_device(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  parts_.registry.remove(request.key().device_id, request.if_match());
  transaction.commit();
  parts_.sessions.drop_unless_allowed(request.key().device_id);
  return empty_response();
}

Service::Answer Service::list_devices(const ServiceRequest& request) {
  const std::int64_t asked = to_number(request.parameter("top")).value_or(largest_list);
  return identities_response(parts_.registry.list(asked >= 1 && asked <= largest_list ? asked : largest_list));
}

Service::Answer Service::bulk_devices(const ServiceRequest& request) {
  const Json lines = request.body();
  Transaction transaction(core_.database);
  const Json result = parts_.bulk.run(lines);
  transaction.commit();
  for (const Json& line : lines) {
    const Json* id = find_member(line, "id");
    if (id != nullptr && id->is_string()) parts_.sessions.drop_unless_allowed(id->get<std::string>());
  }
  HttpResponse response = json_response(result);
  if (!result.at("isSuccessful").get<bool>()) {
    response.status = error_names::bulk_failure.status();
    response.headers[wire::error_code] = error_names::bulk_failure.name;
    response.headers[wire::bulk_error_code] = error_names::bulk_failure.name;
  }
  return response;
}

Service::Answer Service::get_module(const ServiceRequest& request) {
  return identity_response(parts_.modules.get(request.key()));
}

Service::Answer Service::put_module(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  const TwinRow row = parts_.modules.put(request.key(), request.body(), request.if_match());
  transaction.commit();
  return identity_response(row);
}

Service::Answer Service::delete_module(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  parts_.modules.remove(request.key(), request.if_match());
  transaction.commit();
  parts_.sessions.drop_unless_allowed(request.key().device_id);
  return empty_response();
}

Service::Answer Service::list_modules(const ServiceRequest& request) {
  return identities_response(parts_.modules.list(request.key().device_id));
}

Service::Answer Service::purge_commands(const ServiceRequest& request) {
  const TwinRow device = load_known_twin(core_.database, {request.key().device_id});
  // This hub takes no cloud-to-device messages, so a queue of them is always empty.
  return json_response({{"totalMessagesPurged", 0}, {"deviceId", device.key.device_id}, {"moduleId", nullptr}});
}

Service::Answer Service::registry_statistics(const ServiceRequest&) {
  return json_response(parts_.registry.statistics());
}

Service::Answer Service::service_statistics(const ServiceRequest&) {
  return json_response(parts_.registry.service_statistics());
}

}  // namespace fwctl::localhub
