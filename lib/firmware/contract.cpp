#include "fwctl/firmware/contract.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "lib/firmware/wire_names.hpp"

namespace fwctl::firmware {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<Status, std::string_view>, 7> status_words{
    {{Status::current, wire::status_current},
     {Status::downloading, "downloading"},
     {Status::verifying, "verifying"},
     {Status::applying, "applying"},
     {Status::rebooting, "rebooting"},
     {Status::error, wire::status_error},
     {Status::rolled_back, wire::status_rolled_back}}};

std::string text_or_empty(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

}  // namespace

std::string_view to_text(Status status) {
  return std::find_if(status_words.begin(), status_words.end(), [&](const auto& word) { return word.first == status; })
      ->second;
}

std::optional<Status> parse_status(std::string_view text) {
  for (const auto& [status, word] : status_words) {
    if (word == text) return status;
  }
  return std::nullopt;
}

std::optional<Desired> desired_from_json(const json& firmware) {
  if (!firmware.is_object()) return std::nullopt;
  Desired desired{text_or_empty(firmware, wire::version), text_or_empty(firmware, wire::package_uri),
                  text_or_empty(firmware, wire::check_value)};
  if (desired.version.empty()) return std::nullopt;
  return desired;
}

json to_json(const Desired& desired) {
  return {{wire::version, desired.version},
          {wire::package_uri, desired.package_uri},
          {wire::check_value, desired.check_value}};
}

std::optional<Reported> reported_from_json(const json& firmware) {
  if (!firmware.is_object()) return std::nullopt;
  const auto status = parse_status(text_or_empty(firmware, wire::status));
  if (!status) return std::nullopt;
  return Reported{text_or_empty(firmware, wire::current_version),
                  text_or_empty(firmware, wire::pending_version),
                  *status,
                  text_or_empty(firmware, wire::substatus),
                  text_or_empty(firmware, wire::last_start_time),
                  text_or_empty(firmware, wire::last_end_time)};
}

json to_json(const Reported& reported) {
  return {{wire::current_version, reported.current_version}, {wire::pending_version, reported.pending_version},
          {wire::status, to_text(reported.status)},          {wire::substatus, reported.substatus},
          {wire::last_start_time, reported.last_start_time}, {wire::last_end_time, reported.last_end_time}};
}

json firmware_of(const json& section) {
  return section.is_object() && section.contains(wire::firmware) ? section[wire::firmware] : json{};
}

json reported_patch(const Reported& reported) { return {{wire::firmware, to_json(reported)}}; }

json reported_patch(const Reported& before, const Reported& after) {
  const json old = to_json(before);
  json changed = to_json(after);
  for (const char* name : {wire::current_version, wire::pending_version, wire::last_start_time, wire::last_end_time}) {
    if (changed[name] == old[name]) changed.erase(name);
  }
  return {{wire::firmware, std::move(changed)}};
}

std::string update_twin_patch(const Desired& desired) {
  const json patch{
      {"etag", "*"},
      {"properties", {{"desired", {{wire::patch_id, wire::patch_id_value}, {wire::firmware, to_json(desired)}}}}}};
  return patch.dump();
}

bool is_https_uri(std::string_view uri) {
  constexpr std::string_view scheme = "https://";
  if (uri.size() <= scheme.size()) return false;
  const bool https = std::equal(scheme.begin(), scheme.end(), uri.begin(), [](char want, char got) {
    return want == (got >= 'A' && got <= 'Z' ? got + 32 : got);
  });
  const char first = uri[scheme.size()];
  const bool clean = uri.find_first_of(" \t\r\n") == std::string_view::npos;
  return https && clean && first != '/' && first != '?' && first != '#' && first != ':';
}

}  // namespace fwctl::firmware
