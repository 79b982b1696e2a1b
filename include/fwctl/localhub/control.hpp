#pragma once

#include "fwctl/base/http.hpp"
#include "fwctl/localhub/hub.hpp"

namespace fwctl::localhub {

/// The control endpoint of a stand-in hub, for tests that change its mood while it runs. Plain HTTP and no token: for
/// loopback only.
///
///   GET    /switches           all of them, as a JSON object
///   PATCH  /switches           those that the body names; 200 with all of them, 400 {"error"} and nothing changed
///   PUT    /switches           those that the body names, the others to their defaults
///   GET    /counters           what happened since the start, by name
///   DELETE /connections/{id}   closes a device's connection: 204, or 404 when it has none; of a module `id%2Fmodule`
///
/// A Host that is no name of this machine is refused (403): no page in a browser may reach it through a name of its
/// own.
HttpResponse handle_control(Hub& hub, const HttpRequest& request);

}  // namespace fwctl::localhub
