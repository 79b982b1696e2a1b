#include "lib/localhub/front/http_message.hpp"

namespace fwctl::localhub {

namespace http = boost::beast::http;

HttpRequest from_beast(const http::request<http::string_body>& message) {
  HttpRequest request{std::string(message.method_string()), std::string(message.target()), {}, message.body()};
  for (const auto& field : message) request.headers[std::string(field.name_string())] = std::string(field.value());
  return request;
}

http::response<http::string_body> to_beast(HttpResponse response, unsigned version) {
  http::response<http::string_body> message(http::int_to_status(static_cast<unsigned>(response.status)), version);
  for (const auto& [name, value] : response.headers) message.set(name, value);
  message.set(http::field::server, "fwhub");
  message.body() = std::move(response.body);
  if (response.status != 204) message.prepare_payload();
  return message;
}

}  // namespace fwctl::localhub
