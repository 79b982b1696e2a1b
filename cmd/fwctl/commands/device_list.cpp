#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/rows.hpp"

namespace fwctl::cli {
namespace {

struct Args {
  std::string where;
  std::optional<int> limit;
};

ExitCode run(const Args& args, Context& ctx) {
  const std::string sql = "SELECT * FROM devices" + (args.where.empty() ? "" : " WHERE " + args.where);
  List list(ctx, {"devices", "device"}, whole_twin_columns());
  stream(list, ctx.hub().query(sql, page_size(args.limit)), args.limit, from_hub);
  list.end("no devices");
  return ExitCode::ok;
}

}  // namespace

Command device_list() {
  return {"device list", "List devices, as their twins say",
          "fwctl device list --where \"tags.devicetype='chiller'\" --limit 20", [](Options& options) -> Run {
            auto args = std::make_shared<Args>();
            options.text({"--where", "COND", "A twin query condition"}, args->where);
            options.number({"--limit", "N", "Stop after so many"}, args->limit, 1, most_rows);
            return [args](Context& ctx) { return run(*args, ctx); };
          }};
}

}  // namespace fwctl::cli
