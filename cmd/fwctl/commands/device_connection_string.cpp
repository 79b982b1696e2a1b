#include <fmt/format.h>

#include "cmd/common/connection.hpp"
#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/devices.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "fwctl/base/error.hpp"

namespace fwctl::cli {
namespace {

struct Args {
  std::string id;
  std::string key_type = "primary";
};

ExitCode run(const Args& args, Context& ctx) {
  const iothub::Device device = existing_device(ctx, args.id);
  const auto& key = args.key_type == "primary" ? device.primary_key : device.secondary_key;
  if (!key) throw Error(fmt::format("device {} has no {} key: it does not use shared keys", args.id, args.key_type));

  // Devices talk MQTT: the port in our own connection string is not theirs.
  const iothub::DeviceConnection connection{without_port(ctx.connection().host_name), device.id, *key, {}};
  auto document = new_document("deviceId", device.id);
  document["connectionString"] = connection.to_text();
  print_text(ctx, connection.to_text(), document);
  return ExitCode::ok;
}

}  // namespace

Command device_connection_string() {
  return {"device connection-string", "Print a device's connection string, key included",
          "IOTHUB_DEVICE_CONNECTION_STRING=$(fwctl device connection-string chiller-1) \\\n    fwdevice run",
          [](Options& options) -> Run {
            auto args = std::make_shared<Args>();
            options.argument("ID", args->id, "Device id");
            options.choice({"--key-type", "KEY", "primary (default) or secondary"}, args->key_type,
                           {"primary", "secondary"});
            return [args](Context& ctx) { return run(*args, ctx); };
          }};
}

}  // namespace fwctl::cli
