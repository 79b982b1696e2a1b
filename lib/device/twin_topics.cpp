#include "lib/device/twin_topics.hpp"

#include <charconv>

#include "fwctl/base/url.hpp"

namespace fwctl::device {
namespace {

constexpr std::string_view answers = "$iothub/twin/res/";
constexpr std::string_view notices = "$iothub/twin/PATCH/properties/desired/";

template <typename Number>
std::optional<Number> number(std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

const std::vector<std::string>& twin_filters() {
  static const std::vector<std::string> filters{std::string(answers) + "#", std::string(notices) + "#"};
  return filters;
}

std::string get_topic(std::string_view request_id) { return "$iothub/twin/GET/?$rid=" + std::string(request_id); }

std::string reported_topic(std::string_view request_id) {
  return "$iothub/twin/PATCH/properties/reported/?$rid=" + std::string(request_id);
}

std::optional<TwinAnswer> parse_answer(std::string_view topic) {
  if (!topic.starts_with(answers)) return std::nullopt;
  const Target target = parse_target(topic.substr(answers.size()));
  const auto status = number<int>(std::string_view(target.path).substr(0, target.path.find('/')));
  const auto request_id = target.query.find("$rid");
  if (!status || request_id == target.query.end()) return std::nullopt;
  return TwinAnswer{*status, request_id->second};
}

std::optional<DesiredNotice> parse_notice(std::string_view topic) {
  if (!topic.starts_with(notices)) return std::nullopt;
  const Target target = parse_target(topic);
  const auto version = target.query.find("$version");
  return DesiredNotice{version == target.query.end() ? std::nullopt : number<std::int64_t>(version->second)};
}

}  // namespace fwctl::device
