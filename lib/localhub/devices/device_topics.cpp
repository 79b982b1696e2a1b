#include "lib/localhub/devices/device_topics.hpp"

#include <fmt/core.h>

#include <charconv>

#include "lib/localhub/api_error.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {
namespace {

/// `?$rid=1&$version=2`: the raw value of one name, so that a request id goes back byte for byte.
std::optional<std::string> raw_parameter(std::string_view query, std::string_view name) {
  if (query.starts_with('?')) query.remove_prefix(1);
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.starts_with(name) && pair.size() > name.size() && pair[name.size()] == '=') {
      return std::string(pair.substr(name.size() + 1));
    }
  }
  return std::nullopt;
}

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

Json with_version(const Section& section, std::int64_t version) {
  Json document = section.values;
  document["$version"] = version;
  return document;
}

}  // namespace

bool DeviceTopics::publish(ConnectionId connection, std::string_view topic, std::string_view payload, int qos) {
  const auto device = sessions_.device_of(connection);
  if (!device || qos > 1) return false;
  const auto after = [&](std::string_view prefix) { return topic.substr(prefix.size()); };
  if (topic.starts_with(wire::twin_get)) {
    answer(connection, *device, after(wire::twin_get),
           [&](const std::string& rid) { get_twin(connection, *device, rid); });
    return true;
  }
  if (topic.starts_with(wire::reported_patch)) {
    const std::string_view query = after(wire::reported_patch);
    answer(connection, *device, query,
           [&](const std::string& rid) { report(connection, *device, rid, base_version(query), payload); });
    return true;
  }
  return topic.starts_with(fmt::format("devices/{}/messages/events/", *device)) ||
         topic.starts_with(wire::method_answer);
}

void DeviceTopics::answer(ConnectionId connection, const std::string& device_id, std::string_view query,
                          const std::function<void(const std::string&)>& work) {
  const std::string rid = raw_parameter(query, "$rid").value_or("");
  try {
    work(rid);
  } catch (const ApiError& error) {
    respond(connection, device_id, error.name().status(), "$rid=" + rid, mqtt_error_body(error, core_.clock.now()));
  }
}

void DeviceTopics::get_twin(ConnectionId connection, const std::string& device_id, const std::string& rid) {
  const TwinRow row = load_known_twin(core_.database, device_id);
  const Json document{{"desired", with_version(row.desired, row.desired_version)},
                      {"reported", with_version(row.reported, row.reported_version)}};
  respond(connection, device_id, 200, "$rid=" + rid, document.dump());
}

void DeviceTopics::report(ConnectionId connection, const std::string& device_id, const std::string& rid,
                          std::optional<std::int64_t> base, std::string_view payload) {
  const Json patch = parse_json(payload);
  Transaction transaction(core_.database);
  const TwinRow row = twins_.report(device_id, patch, base);
  transaction.commit();
  respond(connection, device_id, 204, fmt::format("$rid={}&$version={}", rid, row.reported_version), "");
}

void DeviceTopics::respond(ConnectionId connection, const std::string& device_id, int status, const std::string& tail,
                           std::string body) {
  if (!sessions_.subscribed(device_id, wire::twin_responses)) return;
  sessions_.send(connection, fmt::format("{}{}/?{}", wire::twin_response, status, tail), std::move(body));
}

}  // namespace fwctl::localhub
