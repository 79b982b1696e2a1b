#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace fwctl::localhub {

/// Whose identity and twin: a device's, or a module's of a device.
struct TwinKey {
  std::string device_id;
  std::string module_id{};  // empty: the device itself

  auto operator<=>(const TwinKey&) const = default;

  /// `pump-01` or `pump-01/camera`: an id can't hold a slash. It is the client id over MQTT, too.
  std::string text() const { return module_id.empty() ? device_id : device_id + "/" + module_id; }

  static TwinKey from_text(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return {std::string(text), {}};
    return {std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
  }
};

}  // namespace fwctl::localhub
