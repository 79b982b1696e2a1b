#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/devices.hpp"
#include "cmd/fwctl/commands/rows.hpp"

namespace fwctl::cli {
namespace {

struct Args {
  std::string id;
  bool show_keys = false;
};

ExitCode run(const Args& args, Context& ctx) {
  Columns columns = identity_columns("/device");
  columns.push_back({"AUTHENTICATION", "/device/authentication/type"});
  if (args.show_keys) {
    columns.push_back({"PRIMARY KEY", "/device/authentication/symmetricKey/primaryKey"});
    columns.push_back({"SECONDARY KEY", "/device/authentication/symmetricKey/secondaryKey"});
  }
  print_document(ctx, new_document("device", device_document(existing_device(ctx, args.id), args.show_keys)), columns);
  return ExitCode::ok;
}

}  // namespace

Command device_show() {
  return {"device show", "Show one identity of the registry", "fwctl device show chiller-1",
          [](Options& options) -> Run {
            auto args = std::make_shared<Args>();
            options.argument("ID", args->id, "Device id");
            options.toggle("--show-keys", args->show_keys, "Show both keys");
            return [args](Context& ctx) { return run(*args, ctx); };
          }};
}

}  // namespace fwctl::cli
