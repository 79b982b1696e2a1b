#include "fwctl/base/http.hpp"

#include <algorithm>
#include <array>
#include <ctime>

namespace fwctl {
namespace {

constexpr const char* http_date_layout = "%a, %d %b %Y %H:%M:%S GMT";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool HeaderLess::operator()(std::string_view a, std::string_view b) const {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](char x, char y) { return lower(x) < lower(y); });
}

std::optional<Time> parse_http_date(std::string_view text) {
  std::tm parts{};
  const std::string copy(text);
  const char* end = strptime(copy.c_str(), http_date_layout, &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return Time{std::chrono::seconds{timegm(&parts)}};
}

std::string format_http_date(Time time) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  std::array<char, 64> text{};
  gmtime_r(&seconds, &parts);
  return {text.data(), std::strftime(text.data(), text.size(), http_date_layout, &parts)};
}

std::string_view header(const Headers& headers, std::string_view name) {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string_view{} : std::string_view{found->second};
}

}  // namespace fwctl
