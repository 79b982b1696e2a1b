#pragma once

#include <functional>

#include "fwctl/localhub/hub.hpp"
#include "lib/localhub/front/asio.hpp"

namespace fwctl::localhub {

/// Serves one plain HTTP connection to the control endpoint, one request long. `on_handled` is called after it.
void serve_control(boost::asio::ip::tcp::socket socket, Hub& hub, std::function<void()> on_handled);

}  // namespace fwctl::localhub
