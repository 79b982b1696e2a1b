#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/devices.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "fwctl/iothub/error.hpp"

namespace fwctl::cli {
namespace {

/// A lost answer is settled by looking: the device was there and is gone.
void remove(const std::string& id, Context& ctx) {
  try {
    ctx.hub().delete_device(id);
  } catch (const iothub::TransportError& error) {
    if (!error.maybe_acted() || ctx.hub().get_device(id)) throw;
  }
}

ExitCode run(const std::vector<std::string>& ids, Context& ctx) {
  for (const std::string& id : ids) existing_device(ctx, id);
  List list(ctx, {"deleted", "deleted"}, {{"DELETED", "/deviceId"}});
  for (const std::string& id : ids) {
    remove(id, ctx);
    list.add(nlohmann::ordered_json{{"deviceId", id}});
    list.flush();
  }
  list.end("no devices");
  return ExitCode::ok;
}

}  // namespace

Command device_delete() {
  return {"device delete", "Remove devices and their twins", "fwctl device delete chiller-1",
          [](Options& options) -> Run {
            auto ids = std::make_shared<std::vector<std::string>>();
            options.arguments("ID", *ids, "Device ids; nothing is deleted unless all exist");
            return [ids](Context& ctx) { return run(*ids, ctx); };
          }};
}

}  // namespace fwctl::cli
