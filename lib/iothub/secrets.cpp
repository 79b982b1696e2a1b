#include "lib/iothub/secrets.hpp"

#include <algorithm>
#include <string_view>

namespace fwctl::iothub {
namespace {

/// As it is, percent-encoded, and as HTML.
constexpr std::string_view equals_signs[]{"=", "%3D", "%3d", "&#61;"};
constexpr std::string_view names[]{"sig", "SharedAccessKey"};

void hide_after(const std::string& mark, std::string& text) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
    at += mark.size();
    const auto end = std::min(text.find_first_of("&; \t\r\n\"'<>", at), text.size());
    text.replace(at, end - at, "***");
  }
}

}  // namespace

std::string without_secrets(std::string text) {
  for (const std::string_view name : names) {
    for (const std::string_view equals : equals_signs) hide_after(std::string(name).append(equals), text);
  }
  return text;
}

}  // namespace fwctl::iothub
