#include "fwctl/iothub/connection_string.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "fwctl/base/base64.hpp"
#include "fwctl/base/error.hpp"

namespace fwctl::iothub {
namespace {

constexpr const char* service_form = "HostName=...;SharedAccessKeyName=...;SharedAccessKey=...";
constexpr const char* device_form = "HostName=...;DeviceId=...;SharedAccessKey=...";

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

/// A name as messages may show it. Where an '=' is missing or misplaced, what stands for a name may hold a key.
std::string shown(const std::string& name) {
  constexpr std::array<std::string_view, 8> known{
      "hostname", "sharedaccesskeyname", "sharedaccesskey", "deviceid", "moduleid", "gatewayhostname", "x509",
      "endpoint"};
  return std::find(known.begin(), known.end(), name) == known.end() ? "a part" : name;
}

/// The parts of a connection string by lower-case name, and what they are called in messages.
class Parts {
 public:
  Parts(std::string_view text, const char* form) : form_(form) {
    text = trim(text);
    if (text.empty()) throw UsageError("the connection string is empty", hint());
    while (!text.empty()) {
      const std::string_view part = text.substr(0, text.find(';'));
      text.remove_prefix(std::min(text.size(), part.size() + 1));
      if (!part.empty()) add(part);
    }
  }

  bool has(const std::string& name) const { return parts_.contains(lower(name)); }

  std::string required(const std::string& name) const {
    const auto found = parts_.find(lower(name));
    if (found == parts_.end()) throw UsageError(fmt::format("the connection string has no {}", name), hint());
    return found->second;
  }

  std::string optional(const std::string& name) const { return has(name) ? required(name) : std::string{}; }

  std::string hint() const { return fmt::format("it looks like {}", form_); }

 private:
  void add(std::string_view part) {
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      throw UsageError("a part of the connection string has no name or no '='", hint());
    }
    const std::string name = lower(trim(part.substr(0, equals)));
    const std::string_view value = trim(part.substr(equals + 1));
    if (value.empty()) throw UsageError(fmt::format("{} in the connection string is empty", shown(name)), hint());
    if (!parts_.emplace(name, value).second) {
      throw UsageError(fmt::format("{} stands twice in the connection string", shown(name)), hint());
    }
  }

  const char* form_;
  std::map<std::string, std::string> parts_;
};

/// `host`, `host:8443`, or an address of version 6.
bool has_good_port(std::string_view host) {
  const std::size_t colon = host.find(':');
  if (colon == std::string_view::npos || host.find(':', colon + 1) != std::string_view::npos) return true;
  unsigned port = 0;
  const auto [end, error] = std::from_chars(host.data() + colon + 1, host.data() + host.size(), port);
  return error == std::errc() && end == host.data() + host.size() && port > 0 && port <= 65535;
}

std::string checked_host(const Parts& parts, const std::string& name) {
  const std::string host = parts.required(name);
  const auto allowed = [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("-._:[]").find(static_cast<char>(c)) != std::string_view::npos;
  };
  const bool begins = std::isalnum(static_cast<unsigned char>(host.front())) != 0 || host.front() == '[';
  if (!begins || !std::all_of(host.begin(), host.end(), allowed)) {
    throw UsageError(fmt::format("{} in the connection string is not a host name", name),
                     "give the host alone, without https:// and without a path");
  }
  if (!has_good_port(host)) {
    throw UsageError(fmt::format("{} in the connection string has no port from 1 to 65535 behind its ':'", name));
  }
  return host;
}

}  // namespace

SharedAccessKey::SharedAccessKey(std::string base64) : base64_(std::move(base64)) {
  const auto bytes = base64_decode(base64_);
  if (!bytes || bytes->empty()) {
    throw UsageError("the shared access key is not base64", "copy it again, with the '=' at its end");
  }
}

std::string ServiceConnection::hub_name() const { return host_name.substr(0, host_name.find_first_of(".:")); }

std::string DeviceConnection::to_text() const {
  std::string text = fmt::format("HostName={};DeviceId={};SharedAccessKey={}", host_name, device_id, key.reveal());
  if (!gateway_host_name.empty()) text += ";GatewayHostName=" + gateway_host_name;
  return text;
}

ServiceConnection parse_service_connection(std::string_view text) {
  const Parts parts(text, service_form);
  if (parts.has("DeviceId") && !parts.has("SharedAccessKeyName")) {
    throw UsageError(
        "this is a device's connection string; a service connection string is needed",
        "use the one of a shared access policy: `az iot hub connection-string show --policy-name service`");
  }
  if (parts.has("SharedAccessSignature")) {
    throw UsageError("a connection string with a ready-made SharedAccessSignature can't be used, because it expires",
                     parts.hint());
  }
  return {checked_host(parts, "HostName"), parts.required("SharedAccessKeyName"),
          SharedAccessKey(parts.required("SharedAccessKey"))};
}

DeviceConnection parse_device_connection(std::string_view text) {
  const Parts parts(text, device_form);
  if (parts.has("SharedAccessKeyName") && !parts.has("DeviceId")) {
    throw UsageError("this is a service connection string; a device's connection string is needed",
                     "`fwctl device connection-string ID` prints it");
  }
  if (parts.has("ModuleId")) throw UsageError("this is a module's connection string; a device's is needed");
  return {checked_host(parts, "HostName"), parts.required("DeviceId"),
          SharedAccessKey(parts.required("SharedAccessKey")),
          parts.has("GatewayHostName") ? checked_host(parts, "GatewayHostName") : std::string{}};
}

}  // namespace fwctl::iothub
