#include "fwctl/localhub/control.hpp"

#include <algorithm>
#include <array>

#include "fwctl/base/error.hpp"
#include "fwctl/base/url.hpp"
#include "lib/localhub/json.hpp"
#include "lib/localhub/sas_token.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {
namespace {

HttpResponse answer(int status, std::string json) {
  return {status, {{wire::content_type, wire::json_content}}, std::move(json)};
}

HttpResponse refuse(int status, const std::string& why) {
  return answer(status, Json{{"error", why}}.dump(-1, ' ', false, Json::error_handler_t::replace));
}

bool is_this_machine(std::string_view host) {
  static constexpr std::array<std::string_view, 3> names{"localhost", "127.0.0.1", "[::1]"};
  return std::find(names.begin(), names.end(), plain_host(host)) != names.end();
}

HttpResponse change_switches(Hub& hub, const HttpRequest& request, const Switches& base) {
  try {
    hub.set_switches(read_switches(request.body, base));
  } catch (const Error& error) {
    return refuse(400, error.what());
  }
  return answer(200, to_json(hub.switches()));
}

HttpResponse counters(const Hub& hub) {
  Json all = Json::object();
  for (const auto& [name, count] : hub.counters()) all[name] = count;
  return answer(200, all.dump(2));
}

HttpResponse disconnect(Hub& hub, std::string_view encoded_id) {
  const std::string id = percent_decode(encoded_id).value_or("");
  if (hub.disconnect_device(id)) return {204, {}, {}};
  return refuse(404, "'" + id + "' is not connected");
}

}  // namespace

HttpResponse handle_control(Hub& hub, const HttpRequest& request) {
  constexpr std::string_view connections = "/connections/";
  if (!is_this_machine(header(request.headers, "Host"))) return refuse(403, "the Host is no name of this machine");
  const std::string path = parse_target(request.target).path;
  const std::string what = request.method + " " + path;
  if (what == "GET /switches") return answer(200, to_json(hub.switches()));
  if (what == "PATCH /switches") return change_switches(hub, request, hub.switches());
  if (what == "PUT /switches") return change_switches(hub, request, {});
  if (what == "GET /counters") return counters(hub);
  if (request.method == "DELETE" && path.starts_with(connections))
    return disconnect(hub, path.substr(connections.size()));
  return refuse(404, "there are GET, PATCH and PUT /switches, GET /counters, DELETE /connections/{id}");
}

}  // namespace fwctl::localhub
