#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <functional>

#include "fwctl/localhub/hub.hpp"
#include "lib/localhub/front/websocket_upgrade.hpp"

namespace fwctl::localhub {

/// Sends a response as a fault wants it: cut in the middle of the body, or dripping. `done(true)`: all of it was sent.
/// The stream lives until then.
void deliver_oddly(TlsStream& stream, const boost::beast::http::response<boost::beast::http::string_body>& response,
                   const Delivery& delivery, std::function<void(bool whole)> done);

}  // namespace fwctl::localhub
