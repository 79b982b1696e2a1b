#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/rows.hpp"

namespace fwctl::cli {

Command version() {
  return {"version", "Say what this is", "fwctl version -o json", [](Options&) -> Run {
            return [](Context& ctx) {
              print_text(ctx, "fwctl " FWCTL_VERSION, new_document("version", FWCTL_VERSION));
              return ExitCode::ok;
            };
          }};
}

}  // namespace fwctl::cli
