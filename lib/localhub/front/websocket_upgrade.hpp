#pragma once

#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <functional>
#include <optional>
#include <string>

#include "lib/localhub/front/asio.hpp"

namespace fwctl::localhub {

using TlsStream = boost::beast::ssl_stream<boost::beast::tcp_stream>;
using UpgradeRequest = boost::beast::http::request<boost::beast::http::string_body>;

/// Takes a connection over whose client asked for WebSocket and may have it.
using OnUpgrade = std::function<void(TlsStream stream, UpgradeRequest request)>;

bool is_upgrade(const UpgradeRequest& request);

/// The status that refuses an upgrade; nullopt: it may have it. Devices speak `mqtt` on `/$iothub/websocket`, whatever
/// query follows; there is nothing else to speak.
std::optional<boost::beast::http::status> refuse_upgrade(const UpgradeRequest& request);

/// The subprotocol as the client spells it, which is how it wants to read it: the C SDK says `MQTT`. Empty: it offers
/// another.
std::string offered_mqtt(const UpgradeRequest& request);

}  // namespace fwctl::localhub
