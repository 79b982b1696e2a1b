#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "fwctl/base/http.hpp"

/// Beast's messages and ours.
namespace fwctl::localhub {

HttpRequest from_beast(const boost::beast::http::request<boost::beast::http::string_body>& message);

/// With Content-Length, but for 204, and whether the connection is to close after it.
boost::beast::http::response<boost::beast::http::string_body> to_beast(HttpResponse response, unsigned version);

}  // namespace fwctl::localhub
