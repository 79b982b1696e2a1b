#include <fmt/format.h>

#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "cmd/fwctl/commands/twins.hpp"
#include "cmd/fwctl/errors.hpp"

namespace fwctl::cli {
namespace {

ExitCode run(const std::string& id, Context& ctx) {
  const auto twin = ctx.hub().get_twin(id);
  if (!twin) throw NotFound(fmt::format("no device {}", id));
  print_document(ctx, new_document("twin", from_hub(twin->document)), twin_columns());
  return ExitCode::ok;
}

}  // namespace

Command twin_show() {
  return {"twin show", "Show one twin", "fwctl twin show chiller-1 -o json | jq .twin.properties.reported.firmware",
          [](Options& options) -> Run {
            auto id = std::make_shared<std::string>();
            options.argument("ID", *id, "Device id");
            return [id](Context& ctx) { return run(*id, ctx); };
          }};
}

}  // namespace fwctl::cli
