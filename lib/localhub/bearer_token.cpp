#include "lib/localhub/bearer_token.hpp"

#include <algorithm>

#include "fwctl/base/base64.hpp"
#include "lib/localhub/json.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {
namespace {

/// The alphabet for URLs, without padding (RFC 4648 section 5).
std::optional<std::string> base64url_decode(std::string text) {
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return base64_decode(text);
}

bool is_object(std::string_view part) {
  const auto text = base64url_decode(std::string(part));
  return text && text->starts_with('{') && Json::accept(*text);
}

}  // namespace

bool is_bearer_token(std::string_view authorization) {
  const std::string_view scheme = wire::bearer_scheme;
  if (!authorization.starts_with(scheme)) return false;
  authorization.remove_prefix(scheme.size());
  const std::size_t first = authorization.find('.');
  const std::size_t second = authorization.find('.', first + 1);
  return first != std::string_view::npos && second != std::string_view::npos &&
         is_object(authorization.substr(0, first)) && is_object(authorization.substr(first + 1, second - first - 1)) &&
         base64url_decode(std::string(authorization.substr(second + 1)));
}

}  // namespace fwctl::localhub
