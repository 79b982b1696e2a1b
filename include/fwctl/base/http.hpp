#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "fwctl/base/clock.hpp"

namespace fwctl {

/// Orders header names without regard to case.
struct HeaderLess {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const;
};
using Headers = std::map<std::string, std::string, HeaderLess>;

/// The value of a header, or an empty text when it is absent.
std::string_view header(const Headers& headers, std::string_view name);

/// `Mon, 23 Nov 2026 20:00:00 GMT`, as the headers Date and Retry-After have it.
std::optional<Time> parse_http_date(std::string_view text);
std::string format_http_date(Time time);

/// One HTTP message each way, the same for the client that sends it and the stand-in hub that answers it.
struct HttpRequest {
  std::string method = "GET";
  std::string target;  // origin form, encoded: /twins/pump%201?api-version=2021-04-12
  Headers headers;
  std::string body;
};

struct HttpResponse {
  int status = 0;
  Headers headers;
  std::string body;
};

}  // namespace fwctl
