#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fwctl::device {

/// The topics of the twin over MQTT: here and nowhere else.
const std::vector<std::string>& twin_filters();
std::string get_topic(std::string_view request_id);
std::string reported_topic(std::string_view request_id);

/// `$iothub/twin/res/{status}/?$rid={rid}`
struct TwinAnswer {
  int status = 0;
  std::string request_id;
};
std::optional<TwinAnswer> parse_answer(std::string_view topic);

/// `$iothub/twin/PATCH/properties/desired/?$version={n}`. nullopt: another topic. The version may be missing.
struct DesiredNotice {
  std::optional<std::int64_t> version;
};
std::optional<DesiredNotice> parse_notice(std::string_view topic);

}  // namespace fwctl::device
