#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/devices.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "fwctl/iothub/error.hpp"

namespace fwctl::cli {
namespace {

/// What was read, by its etag: a repeat must not take what somebody has made anew meanwhile. It was there a moment ago,
/// so that when it is gone, an earlier try was carried out and its answer lost, or somebody else's was.
void remove(const std::string& id, const std::string& etag, Context& ctx) {
  try {
    ctx.hub().delete_device(id, etag);
  } catch (const iothub::ServiceError& error) {
    if (error.status() != 404 || !error.is_of_hub()) throw;
  }
}

ExitCode run(const std::vector<std::string>& ids, Context& ctx) {
  refuse_repeated(ids);
  std::vector<std::string> etags;
  for (const std::string& id : ids) etags.push_back(existing_device(ctx, id).etag);
  List list(ctx, {"deleted", "deleted"}, {{"DELETED", "/deviceId"}});
  for (std::size_t i = 0; i < ids.size(); ++i) {
    remove(ids[i], etags[i], ctx);
    list.add(nlohmann::ordered_json{{"deviceId", ids[i]}});
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
