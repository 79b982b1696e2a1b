#include "cmd/fwctl/commands/fleet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "fwctl/base/iso8601.hpp"

namespace fwctl::cli {
namespace {

using Json = nlohmann::ordered_json;
using firmware::VerdictKind;

template <typename Kind>
Json words_json(const std::map<Kind, std::int64_t>& counts) {
  Json json = Json::object();
  for (const auto& [kind, count] : counts) json[std::string(to_text(kind))] = count;
  return json;
}

void append(std::string& text, std::int64_t count, std::string_view word) {
  if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, in_words(word));
}

}  // namespace

std::string in_words(std::string_view word) {
  std::string text(word);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

Json time_json(const std::optional<Time>& time) { return time ? Json(format_iso8601(*time)) : Json(nullptr); }

void put_count(Json& document, const firmware::FleetCount& count) {
  document["verdicts"] = words_json(count.verdicts);
  document["phases"] = words_json(count.phases);
  document["versions"] = count.versions;
  const bool counted = count.source != firmware::Source::none;
  document["countedFrom"] = {{"source", to_text(count.source)},
                             {"asOf", time_json(counted ? std::optional(count.as_of) : std::nullopt)}};
}

void put_budget(Json& document, const iothub::Budget& budget) {
  Json json{{"tier", budget.size().tier}, {"units", budget.size().units}};
  json["share"] = budget.share() ? Json(*budget.share()) : Json(nullptr);
  for (std::size_t i = 0; i < iothub::operation_count; ++i) {
    const auto operation = static_cast<iothub::Operation>(i);
    const auto rate = budget.rate(operation);
    json[std::string(to_text(operation))] = {{"spent", budget.spent(operation)},
                                             {"perMinute", rate ? Json(std::round(*rate * 10) / 10) : Json(nullptr)}};
  }
  document["budget"] = std::move(json);
}

Json device_json(const firmware::DeviceState& device) {
  const firmware::Evidence& evidence = device.evidence;
  Json json{{"deviceId", evidence.device_id}, {"verdict", to_text(device.verdict.kind)}};
  json["reason"] = device.verdict.reason.empty() ? Json(nullptr) : Json(device.verdict.reason);
  json["since"] = time_json(device.verdict.since);
  json["desiredFwVersion"] = evidence.desired ? Json(evidence.desired->version) : Json(nullptr);
  json["desiredAt"] = time_json(evidence.desired_at);
  json["reported"] = evidence.reported ? Json(firmware::to_json(*evidence.reported)) : Json(nullptr);
  json["reportedAt"] = time_json(evidence.reported_at);
  json["connectionState"] = evidence.seen ? Json(evidence.connected ? "Connected" : "Disconnected") : Json(nullptr);
  json["lastActivityTime"] = time_json(evidence.last_activity);
  return json;
}

std::vector<Json> device_rows(const std::vector<firmware::DeviceState>& devices) {
  std::vector<Json> rows;
  for (const auto& device : devices) rows.push_back(device_json(device));
  return rows;
}

Columns device_columns() {
  return {{"DEVICE", "/deviceId"},
          {"VERDICT", "/verdict"},
          {"RUNS", "/reported/currentFwVersion"},
          {"WANTED", "/desiredFwVersion"},
          {"STATUS", "/reported/fwUpdateStatus"},
          {"SUB-STATUS", "/reported/fwUpdateSubstatus"},
          {"SINCE", "/since"},
          {"LAST CONTACT", "/lastActivityTime"},
          {"REASON", "/reason"}};
}

std::string count_text(const firmware::FleetCount& count) {
  std::string text;
  for (const auto& [kind, devices] : count.verdicts) {
    if (kind != VerdictKind::in_progress) {
      append(text, devices, to_text(kind));
      continue;
    }
    std::int64_t with_phase = 0;
    for (const auto& [phase, in_phase] : count.phases) {
      append(text, in_phase, to_text(phase));
      with_phase += in_phase;
    }
    append(text, devices - with_phase, to_text(kind));
  }
  return text.empty() ? "no devices" : text;
}

std::string failure_text(const firmware::DeviceState& device) {
  const std::string& why = device.verdict.reason;
  return fmt::format("{} {}{}{}", device.evidence.device_id, in_words(to_text(device.verdict.kind)),
                     why.empty() ? "" : ": ", why);
}

ExitCode code_for(std::int64_t applied, std::int64_t devices) {
  if (applied == devices) return ExitCode::ok;
  return applied == 0 ? ExitCode::job_failed : ExitCode::some_failed;
}

}  // namespace fwctl::cli
