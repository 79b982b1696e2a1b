#include "lib/localhub/devices/device_topics.hpp"

#include <fmt/core.h>

#include <charconv>

#include "lib/localhub/api_error.hpp"
#include "lib/localhub/devices/telemetry.hpp"
#include "lib/localhub/devices/topic_query.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {
namespace {

constexpr const char* first_version_with_arrays = "2019-10-01";

std::optional<std::int64_t> base_version(std::string_view query) {
  const auto text = raw_parameter(query, "$version");
  if (!text) return std::nullopt;
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), version);
  if (error != std::errc{} || end != text->data() + text->size()) {
    throw ApiError(error_names::argument_invalid, "$version is not a number.");
  }
  return version;
}

std::string with_version(const SectionText& section, std::int64_t version) {
  Json document = Json::parse(section.values);
  document["$version"] = version;
  return document.dump();
}

bool has_array(const Json& value) {
  if (value.is_array()) return true;
  if (!value.is_object()) return false;
  for (const Json& member : value) {
    if (has_array(member)) return true;
  }
  return false;
}

/// Writing needs an api-version in the user name, and arrays one that knows them.
void check_api_version(const std::string& version, const Json& patch) {
  if (version.empty()) throw ApiError(error_names::argument_invalid, "The user name has no api-version.");
  if (version < first_version_with_arrays && has_array(patch)) {
    throw ApiError(error_names::argument_invalid,
                   "Provided json is not a valid 'tags' or 'properties' object: arrays are not supported.");
  }
}

/// Over MQTT whatever is wrong with a patch has one code, its size included.
ApiError as_devices_hear_it(const ApiError& error) {
  const int status = error.name().status();
  return {status == 400 || status == 413 ? error_names::argument_invalid : error.name(), error.what()};
}

}  // namespace

bool DeviceTopics::publish(ConnectionId connection, std::string_view topic, std::string_view payload, int qos) {
  const Sessions::Session* session = sessions_.find(connection);
  if (session == nullptr || qos > 1) return false;
  if (dice_.strikes("deviceDisconnect", core_.switches.device_disconnect)) return false;
  const auto run = [&](std::string_view prefix, auto work) {
    const std::string_view query = topic.substr(prefix.size());
    if (!query.empty() && query.front() != '?') return false;
    answer({connection, *session, raw_parameter(query, "$rid").value_or(""), query, payload}, work);
    return true;
  };
  if (topic.starts_with(wire::twin_get)) return run(wire::twin_get, [&](const TwinRequest& r) { get_twin(r); });
  if (topic.starts_with(wire::reported_patch)) {
    return run(wire::reported_patch, [&](const TwinRequest& r) { report(r); });
  }
  if (topic.starts_with(wire::method_answer)) {
    return methods_.answer(connection, topic.substr(std::string_view(wire::method_answer).size()), payload);
  }
  return is_telemetry_topic(session->key, topic) && telemetry(session->key, payload);
}

/// A device that sends too much is cut off: MQTT has no other way to say so.
bool DeviceTopics::telemetry(const TwinKey& key, std::string_view payload) {
  if (payload.size() > largest_telemetry || !throttle_.admit(Operation::telemetry)) return false;
  core_.counters.add(telemetry_counter);
  core_.database.prepare("UPDATE twins SET last_activity = ?3 WHERE device_id = ?1 AND module_id = ?2")
      .bind_all(key.device_id, key.module_id, core_.now_text())
      .run();
  return true;
}

void DeviceTopics::admit(Operation operation) {
  const Switches& on = core_.switches;
  if (!throttle_.admit(operation) || dice_.strikes("twinError429", on.twin_error_429)) {
    throw ApiError(error_names::throttled, fmt::format("Operation type: {}", name_of(operation)));
  }
  if (dice_.strikes("twinError500", on.twin_error_500)) {
    throw ApiError(error_names::server_error, "An internal error occurred.");
  }
}

void DeviceTopics::answer(const TwinRequest& request, const std::function<void(const TwinRequest&)>& work) {
  try {
    work(request);
  } catch (const ApiError& error) {
    const ApiError told = as_devices_hear_it(error);
    respond(request, told.name().status(), "", mqtt_error_body(told, core_.clock.now()));
  }
}

void DeviceTopics::get_twin(const TwinRequest& request) {
  admit(Operation::twin_reads);
  const TwinRow row = load_known_twin(core_.database, request.session.key);
  respond(request, 200, "",
          fmt::format(R"({{"desired":{},"reported":{}}})", with_version(row.desired, row.desired_version),
                      with_version(row.reported, row.reported_version)));
}

void DeviceTopics::report(const TwinRequest& request) {
  admit(Operation::twin_updates);
  if (dice_.strikes("twinError412", core_.switches.twin_error_412)) {
    throw ApiError(error_names::precondition_failed, "Reported properties are at another version.");
  }
  const Json patch = parse_json(request.payload);
  check_api_version(request.session.api_version, patch);
  Transaction transaction(core_.database);
  const TwinRow row = twins_.report(request.session.key, patch, base_version(request.query));
  transaction.commit();
  respond(request, 204, fmt::format("&$version={}", row.reported_version), "");
}

void DeviceTopics::respond(const TwinRequest& request, int status, const std::string& tail, const std::string& body) {
  const Switches& on = core_.switches;
  if (!sessions_.listening(request.session.key, wire::twin_responses)) return;
  if (dice_.strikes("lostTwinResponse", on.lost_twin_response)) return;
  const Effect answer{Effect::Kind::publish, request.connection,
                      fmt::format("{}{}/?$rid={}{}", wire::twin_response, status, request.rid, tail), body};
  if (dice_.strikes("lateTwinResponse", on.late_twin_response)) {
    return postponed_.add(answer, std::chrono::milliseconds{on.late_twin_response_ms});
  }
  core_.effects.push_back(answer);
  if (dice_.strikes("duplicateTwinResponse", on.duplicate_twin_response)) core_.effects.push_back(answer);
}

}  // namespace fwctl::localhub
