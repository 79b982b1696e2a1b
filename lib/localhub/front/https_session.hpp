#pragma once

#include <functional>

#include "fwctl/localhub/hub.hpp"
#include "lib/localhub/front/websocket_upgrade.hpp"

namespace fwctl::localhub {

/// Serves one HTTPS connection to its end. Requests are bounded in header, body and time, so that no client can hold
/// others up. `on_handled` is called after every request, `on_upgrade` when a device wants to go on over WebSocket,
/// `on_closed` once.
void serve_https(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& context, Hub& hub,
                 std::function<void()> on_handled, OnUpgrade on_upgrade, std::function<void()> on_closed);

}  // namespace fwctl::localhub
