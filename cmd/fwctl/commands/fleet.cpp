#include "cmd/fwctl/commands/fleet.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fwctl/base/iso8601.hpp"

namespace fwctl::cli {
namespace {

using Json = nlohmann::ordered_json;

Json time_json(const std::optional<Time>& time) { return time ? Json(format_iso8601(*time)) : Json(nullptr); }

}  // namespace

Json counts_json(const firmware::Counts& counts) {
  Json json = Json::object();
  for (const auto& [kind, count] : counts) json[std::string(to_text(kind))] = count;
  return json;
}

Json device_json(const firmware::DeviceState& device) {
  const firmware::Evidence& evidence = device.evidence;
  Json json{{"deviceId", evidence.device_id}, {"verdict", to_text(device.verdict.kind)}};
  json["reason"] = device.verdict.reason.empty() ? Json(nullptr) : Json(device.verdict.reason);
  json["since"] = time_json(device.verdict.since);
  json["desiredFwVersion"] = evidence.desired ? Json(evidence.desired->version) : Json(nullptr);
  json["reported"] = evidence.reported ? Json(firmware::to_json(*evidence.reported)) : Json(nullptr);
  json["reportedAt"] = time_json(evidence.reported_at);
  json["connectionState"] = evidence.connected ? "Connected" : "Disconnected";
  json["lastActivityTime"] = time_json(evidence.last_activity);
  return json;
}

Columns device_columns() {
  return {{"DEVICE", "/deviceId"},
          {"VERDICT", "/verdict"},
          {"RUNS", "/reported/currentFwVersion"},
          {"WANTED", "/desiredFwVersion"},
          {"STATUS", "/reported/fwUpdateStatus"},
          {"SUB-STATUS", "/reported/fwUpdateSubstatus"},
          {"SINCE", "/since"},
          {"LAST CONTACT", "/lastActivityTime"}};
}

std::string counts_text(const firmware::Counts& counts) {
  std::string text;
  for (const auto& [kind, count] : counts) {
    std::string word(to_text(kind));
    std::replace(word.begin(), word.end(), '_', ' ');
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, word);
  }
  return text.empty() ? "no devices" : text;
}

}  // namespace fwctl::cli
