#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/rows.hpp"

namespace fwctl::cli {
namespace {

struct Args {
  std::string sql;
  std::optional<int> limit;
};

ExitCode run(const Args& args, Context& ctx) {
  List list(ctx, {"rows", "row"});
  stream(list, ctx.hub().query(args.sql, page_size(args.limit)), args.limit,
         [](const std::string& row) { return HubRow{row}; });
  list.end("no rows");
  return ExitCode::ok;
}

}  // namespace

Command query() {
  return {"query", "Run a query and print rows as they arrive",
          "fwctl query \"SELECT deviceId FROM devices WHERE tags.building='43'\" -o jsonl\n"
          "fwctl query 'SELECT COUNT() AS devices FROM devices'",
          [](Options& options) -> Run {
            auto args = std::make_shared<Args>();
            options.argument("SQL", args->sql, "The query, in the hub's query language");
            options.number({"--limit", "N", "Stop after so many"}, args->limit, 1, most_rows);
            return [args](Context& ctx) { return run(*args, ctx); };
          }};
}

}  // namespace fwctl::cli
