#include "lib/localhub/front/websocket_upgrade.hpp"

#include <algorithm>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "fwctl/base/url.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {
namespace {

namespace http = boost::beast::http;

bool offers_mqtt(const UpgradeRequest& request) {
  const auto [first, last] = request.equal_range(http::field::sec_websocket_protocol);
  return std::any_of(
      first, last, [](const auto& field) { return http::token_list{field.value()}.exists(wire::websocket_protocol); });
}

}  // namespace

bool is_upgrade(const UpgradeRequest& request) { return boost::beast::websocket::is_upgrade(request); }

std::optional<http::status> refuse_upgrade(const UpgradeRequest& request) {
  const auto path = percent_decode(parse_target(std::string(request.target())).path);
  if (path != wire::websocket_path) return http::status::not_found;
  if (!offers_mqtt(request)) return http::status::bad_request;
  return std::nullopt;
}

}  // namespace fwctl::localhub
