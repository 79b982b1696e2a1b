#include "lib/localhub/service/responses.hpp"

#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {

HttpResponse json_response(std::string json) {
  return {200, {{wire::content_type, wire::json_content}}, std::move(json)};
}

HttpResponse entity_response(std::string json, std::string_view etag) {
  HttpResponse response = json_response(std::move(json));
  response.headers[wire::etag] = fmt::format("\"{}\"", etag);
  return response;
}

HttpResponse empty_response() { return {204, {}, {}}; }

std::string json_array(const std::vector<std::string>& elements) {
  std::string text = "[";
  for (const std::string& element : elements) {
    if (text.size() > 1) text += ',';
    text += element;
  }
  return text + ']';
}

HttpResponse page_response(const std::vector<std::string>& rows, std::string_view type,
                           const std::optional<std::string>& continuation) {
  HttpResponse response = json_response(json_array(rows));
  response.headers[wire::item_type] = type;
  if (continuation) response.headers[wire::continuation] = *continuation;
  return response;
}

}  // namespace fwctl::localhub
