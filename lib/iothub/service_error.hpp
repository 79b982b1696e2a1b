#pragma once

#include <optional>

#include "fwctl/base/clock.hpp"
#include "fwctl/base/http.hpp"
#include "fwctl/iothub/error.hpp"

namespace fwctl::iothub {

/// What an answer of status 300 and above says: both envelopes of the hub, the one nested in the other, and bodies that
/// are none. `now` tells a token that is refused because of a wrong clock from others.
ServiceError service_error(const HttpResponse& response, Time now);

/// Seconds or an HTTP date; nullopt when the header is absent or unreadable.
std::optional<std::chrono::seconds> retry_after(const HttpResponse& response, Time now);

}  // namespace fwctl::iothub
