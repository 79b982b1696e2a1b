#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/devices.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "fwctl/base/base64.hpp"
#include "fwctl/base/error.hpp"
#include "fwctl/base/random.hpp"
#include "fwctl/iothub/error.hpp"

namespace fwctl::cli {
namespace {

struct Args {
  std::vector<std::string> ids;
  std::string tags;
  std::string primary_key;
  std::string secondary_key;
  bool disabled = false;
};

iothub::SharedAccessKey key_from(const std::string& given) {
  return iothub::SharedAccessKey(given.empty() ? base64_encode(random_bytes(32)) : given);
}

/// The keys are always ours, so that a lost answer can be settled: a device with our key is the one that we made.
iothub::Device create(const iothub::NewDevice& device, Context& ctx) {
  try {
    return ctx.hub().create_device(device);
  } catch (const iothub::TransportError& error) {
    if (!error.maybe_acted()) throw;
    const auto made = ctx.hub().get_device(device.id);
    if (!made || !made->primary_key || made->primary_key->reveal() != device.primary_key->reveal()) throw;
    return *made;
  }
}

/// The patch that sets the tags; empty: there are none.
std::string tags_patch(const Args& args) {
  if (args.tags.empty()) return {};
  return to_json_text({{"tags", object_from_user(args.tags, "--tags")}});
}

ExitCode run(const Args& args, Context& ctx) {
  const std::string patch = tags_patch(args);
  if (args.ids.size() > 1 && !(args.primary_key + args.secondary_key).empty()) {
    throw UsageError("--primary-key and --secondary-key are for one device");
  }
  List list(ctx, {"devices", "device"}, identity_columns(""));
  for (const std::string& id : args.ids) {
    iothub::NewDevice device{.id = id, .primary_key = {}, .secondary_key = {}, .enabled = !args.disabled, .tags = {}};
    device.primary_key = key_from(args.primary_key);
    device.secondary_key = key_from(args.secondary_key);
    const iothub::Device made = create(device, ctx);
    if (!patch.empty()) ctx.hub().update_twin(id, patch);
    list.add(device_document(made, /*show_keys=*/false));
    list.flush();
  }
  list.end("no devices");
  return ExitCode::ok;
}

}  // namespace

Command device_create() {
  return {"device create", "Register devices",
          "fwctl device create chiller-1 chiller-2 --tags '{\"devicetype\":\"chiller\"}'", [](Options& options) -> Run {
            auto args = std::make_shared<Args>();
            options.arguments("ID", args->ids, "Device ids");
            options.text({"--tags", "JSON", "Tags of their twins"}, args->tags);
            options.text({"--primary-key", "BASE64", "Key of the device; without, a random one"}, args->primary_key);
            options.text({"--secondary-key", "BASE64", "Second key; without, a random one"}, args->secondary_key);
            options.toggle("--disabled", args->disabled, "Register without letting them connect");
            return [args](Context& ctx) { return run(*args, ctx); };
          }};
}

}  // namespace fwctl::cli
