#include "lib/localhub/service/gate.hpp"

#include "fwctl/base/random.hpp"
#include "lib/localhub/service/responses.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {
namespace {

ApiError throttled(Operation operation) {
  return {error_names::backlog_timeout,
          fmt::format("The request has been throttled. Wait 10 seconds and try again. Operation type: {}",
                      name_of(operation))};
}

bool is_throttled(const HttpResponse& response) { return response.status == error_names::throttled.status(); }

ApiError unreadable(int status) {
  if (status == error_names::too_large.status()) return {error_names::too_large, "The request is too large."};
  if (status == error_names::not_found.status()) return {error_names::not_found, "The hub offers no such resource."};
  return {error_names::bad_request, "The request could not be read."};
}

}  // namespace

void Gate::handle(const HttpRequest& request, Hub::Respond respond) {
  core_.counters.add("requests");
  Delivery delivery{std::chrono::milliseconds{core_.switches.latency_ms}, Delivery::Cut::none, 0};
  if (dice_.strikes("dropBefore", core_.switches.drop_before)) {
    delivery.cut = Delivery::Cut::drop;
    return respond({}, delivery);
  }
  try {
    admit(request, delivery);
  } catch (const ApiError& error) {
    return refuse(error, delivery, respond);
  }
  run(request, [this, delivery, respond](HttpResponse response) { leave(std::move(response), delivery, respond); });
}

void Gate::admit(const HttpRequest& request, Delivery& delivery) {
  const Operation operation = Service::operation_of(request);
  const auto wait = throttle_.admit(operation, core_.tier() == nullptr ? 1 : Service::operations_in(request));
  if (!wait) throw throttled(operation);
  delivery.delay += *wait;
  const Switches& on = core_.switches;
  if (dice_.strikes("error500", on.error_500)) throw ApiError(error_names::server_error, "An internal error occurred.");
  if (dice_.strikes("error503", on.error_503)) {
    throw ApiError(error_names::service_unavailable, "The service is temporarily unavailable.");
  }
  if (dice_.strikes("error504", on.error_504)) {
    throw ApiError(error_names::gateway_timeout, "The request timed out.");
  }
}

void Gate::run(const HttpRequest& request, const Service::Done& done) {
  const std::size_t effects = core_.effects.size();
  Service::Answer answer;
  const HttpResponse failed = response_or_error(
      [&] {
        answer = service_.handle(request);
        return HttpResponse{};
      },
      core_.clock.now());
  if (failed.status != 0) {
    // Nothing that was not committed may reach a device.
    core_.effects.resize(std::min(effects, core_.effects.size()));
    return done(failed);
  }
  if (const auto* response = std::get_if<HttpResponse>(&answer)) return done(*response);
  std::get<std::function<void(Service::Done)>>(answer)(done);
}

void Gate::refuse(const ApiError& error, const Delivery& delivery, const Hub::Respond& respond) const {
  respond(stamped(error_response(error, core_.clock.now())), delivery);
}

HttpResponse Gate::refusal(int status) const {
  HttpResponse response = stamped(error_response(unreadable(status), core_.clock.now()));
  response.status = status;
  return response;
}

HttpResponse Gate::stamped(HttpResponse response) const {
  response.headers[wire::date] = format_http_date(core_.clock.now());
  response.headers[wire::request_id] = random_uuid();
  if (is_throttled(response)) {
    response.headers[wire::connection] = "close";
    if (core_.switches.retry_after) response.headers[wire::retry_after] = "10";
  }
  return response;
}

void Gate::leave(HttpResponse response, Delivery delivery, const Hub::Respond& respond) {
  const Switches& on = core_.switches;
  if (dice_.strikes("dropAfter", on.drop_after)) {
    delivery.cut = Delivery::Cut::drop;
    return respond({}, delivery);
  }
  if (dice_.strikes("lateError", on.late_error)) {
    return refuse(ApiError(error_names::service_unavailable, "The service is temporarily unavailable."), delivery,
                  respond);
  }
  if (dice_.strikes("truncate", on.truncate)) delivery.cut = Delivery::Cut::truncate;
  if (dice_.strikes("slowBody", on.slow_body)) delivery.bytes_per_second = on.slow_body_rate;
  respond(stamped(std::move(response)), delivery);
}

}  // namespace fwctl::localhub
