#include "lib/localhub/service/request.hpp"

#include <algorithm>

#include "fwctl/base/url.hpp"
#include "lib/localhub/api_error.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), segment.size() + 1));
    if (!segment.empty()) segments.push_back(percent_decode(segment).value_or(std::string(segment)));
  }
  return segments;
}

std::string method_of(const HttpRequest& http) {
  const std::string_view override_method = header(http.headers, wire::method_override);
  return http.method == "POST" && !override_method.empty() ? std::string(override_method) : http.method;
}

}  // namespace

ServiceRequest take_apart(const HttpRequest& http) {
  Target target = parse_target(http.target);
  std::vector<std::string> segments = split(target.path);
  std::string path;
  for (const std::string& segment : segments) path += (path.empty() ? "" : "/") + segment;
  return {method_of(http), std::move(path), std::move(segments), std::move(target.query), http};
}

bool matches(std::string_view pattern, const std::vector<std::string>& segments) {
  const std::vector<std::string> wanted = split(pattern);
  return std::equal(wanted.begin(), wanted.end(), segments.begin(), segments.end(),
                    [](const std::string& want, const std::string& got) { return want == "*" || want == got; });
}

std::string ServiceRequest::if_match() const { return std::string(header(http.headers, wire::if_match)); }

Json ServiceRequest::body() const { return parse_json(http.body); }

TwinKey ServiceRequest::key() const {
  const bool module = segments.size() > 3 && segments[2] == "modules";
  return {segments.at(1), module ? segments[3] : ""};
}

std::string ServiceRequest::parameter(const std::string& name) const {
  const auto found = query.find(name);
  std::string value = found == query.end() ? std::string{} : found->second;
  std::transform(value.begin(), value.end(), value.begin(), [](unsigned char c) { return std::tolower(c); });
  return value;
}

std::size_t ServiceRequest::page_size(std::int64_t most) const {
  const std::string_view text = header(http.headers, wire::max_item_count);
  if (text.empty()) return static_cast<std::size_t>(most);
  const auto count = to_number(text);
  if (!count || *count < 1) throw ApiError(error_names::argument_invalid, "x-ms-max-item-count is not a page size.");
  return static_cast<std::size_t>(std::min(*count, most));
}

std::string ServiceRequest::continuation() const { return std::string(header(http.headers, wire::continuation)); }

}  // namespace fwctl::localhub
