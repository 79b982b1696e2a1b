#include <fmt/format.h>

#include "cmd/common/connection.hpp"
#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/devices.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "fwctl/base/error.hpp"
#include "fwctl/base/iso8601.hpp"
#include "fwctl/iothub/sas.hpp"

namespace fwctl::cli {
namespace {

struct Args {
  std::string device;
  std::chrono::milliseconds duration = std::chrono::hours{1};
};

std::string device_token(const std::string& id, const std::string& host, Time expires, Context& ctx) {
  const iothub::Device device = existing_device(ctx, id);
  if (!device.primary_key) throw Error(fmt::format("device {} has no key: it does not use shared keys", id));
  return iothub::make_sas_token(iothub::device_resource(host, device.id), *device.primary_key, {}, expires);
}

ExitCode run(const Args& args, Context& ctx) {
  const auto& connection = ctx.connection();
  const std::string host = without_port(connection.host_name);
  const Time expires = ctx.clock.now() + std::chrono::duration_cast<Ticks>(args.duration);
  const std::string token = args.device.empty()
                                ? iothub::make_sas_token(host, connection.key, connection.policy, expires)
                                : device_token(args.device, host, expires, ctx);
  auto document = new_document("token", token);
  document["expires"] = format_iso8601_millis(expires);
  print_text(ctx, token, document);
  return ExitCode::ok;
}

}  // namespace

Command sas_token() {
  return {"sas-token", "Print a token for other tools",
          "curl -H \"Authorization: $(fwctl sas-token)\" \\\n    \"https://$HUB/devices?api-version=2021-04-12\"",
          [](Options& options) -> Run {
            auto args = std::make_shared<Args>();
            options.text({"--device", "ID", "A token by which this device connects"}, args->device);
            options.duration({"--duration", "DURATION", "How long it is good (1h)"}, args->duration);
            return [args](Context& ctx) { return run(*args, ctx); };
          }};
}

}  // namespace fwctl::cli
