#include "lib/localhub/front/websocket_upgrade.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "fwctl/base/url.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {

namespace http = boost::beast::http;

bool is_upgrade(const UpgradeRequest& request) { return boost::beast::websocket::is_upgrade(request); }

std::optional<http::status> refuse_upgrade(const UpgradeRequest& request) {
  const auto path = percent_decode(parse_target(std::string(request.target())).path);
  if (path != wire::websocket_path) return http::status::not_found;
  if (offered_mqtt(request).empty()) return http::status::bad_request;
  return std::nullopt;
}

std::string offered_mqtt(const UpgradeRequest& request) {
  const auto [first, last] = request.equal_range(http::field::sec_websocket_protocol);
  for (auto field = first; field != last; ++field) {
    for (const auto& name : http::token_list{field->value()}) {
      if (boost::beast::iequals(name, wire::websocket_protocol)) return std::string(name);
    }
  }
  return {};
}

}  // namespace fwctl::localhub
