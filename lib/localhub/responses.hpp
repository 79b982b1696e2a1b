#pragma once

#include "fwctl/base/http.hpp"
#include "lib/localhub/json.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {

inline HttpResponse json_response(const Json& body) {
  return {200, {{wire::content_type, wire::json_content}}, body.dump()};
}

/// A single entity: its etag goes into the header in quotes.
inline HttpResponse entity_response(const Json& body) {
  HttpResponse response = json_response(body);
  response.headers[wire::etag] = '"' + body.at("etag").get<std::string>() + '"';
  return response;
}

}  // namespace fwctl::localhub
