#include "lib/localhub/service/responses.hpp"
#include "lib/localhub/service/service.hpp"
#include "lib/localhub/twins/twin_text.hpp"

namespace fwctl::localhub {
namespace {

HttpResponse twin_response(const TwinRow& row) { return entity_response(twin_text(row), row.etag()); }

HttpResponse method_response(const MethodAnswer& answer) {
  return json_response(fmt::format(R"({{"status":{},"payload":{}}})", answer.status, answer.payload));
}

}  // namespace

Service::Answer Service::get_twin(const ServiceRequest& request) {
  return twin_response(load_known_twin(core_.database, request.key()));
}

Service::Answer Service::patch_twin(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  const TwinRow row = parts_.twins.update(request.key(), request.body(), plain_etag(request.if_match()));
  transaction.commit();
  return twin_response(row);
}

Service::Answer Service::put_twin(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  const TwinRow row = parts_.twins.replace(request.key(), request.body(), plain_etag(request.if_match()));
  transaction.commit();
  return twin_response(row);
}

Service::Answer Service::call_method(const TwinKey& key, const MethodCall& call,
                                     HttpResponse (*on_answer)(const MethodAnswer&)) {
  return [this, key, call, on_answer](const Done& done) {
    parts_.methods.invoke(key, call, [this, on_answer, done](const Methods::Outcome& outcome) {
      const auto* error = std::get_if<ApiError>(&outcome);
      done(error != nullptr ? error_response(*error, core_.clock.now()) : on_answer(std::get<MethodAnswer>(outcome)));
    });
  };
}

Service::Answer Service::invoke_method(const ServiceRequest& request) {
  const TwinKey key = load_known_twin(core_.database, request.key()).key;
  return call_method(key, read_method_call(request.body()), method_response);
}

}  // namespace fwctl::localhub
