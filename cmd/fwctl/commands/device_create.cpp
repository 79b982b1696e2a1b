#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/devices.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "cmd/fwctl/commands/settle.hpp"
#include "fwctl/base/base64.hpp"
#include "fwctl/base/random.hpp"

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

bool same(const std::optional<iothub::SharedAccessKey>& one, const std::optional<iothub::SharedAccessKey>& other) {
  return one && other && one->reveal() == other->reveal();
}

/// The keys are always ours, so that what is there can be told from what somebody else made: a random key that was not
/// asked for need not be the same.
void expect_ours(const iothub::Device& there, const iothub::NewDevice& device, const Args& args) {
  const bool same_keys = same(there.primary_key, device.primary_key) &&
                         (args.secondary_key.empty() || same(there.secondary_key, device.secondary_key));
  const bool same_status = there.status == (device.enabled ? "enabled" : "disabled");
  if (same_keys && same_status) return;
  const bool keys_given = !(args.primary_key + args.secondary_key).empty();
  throw Conflict(fmt::format("device {} exists already{}", device.id,
                             same_keys    ? " with another status"
                             : keys_given ? " with other keys"
                                          : ""),
                 fmt::format("look at it: fwctl device show {}", device.id));
}

iothub::Device create(const iothub::NewDevice& device, const Args& args, Context& ctx) {
  const auto look = [&] {
    auto there = ctx.hub().get_device(device.id);
    if (there) expect_ours(*there, device, args);
    return there;
  };
  const auto put = [&] { return ctx.hub().create_device(device); };
  const auto tell = [&] { ctx.notice(fmt::format("whether device {} was created can't be told now", device.id)); };
  try {
    return create_surely<iothub::Device>(ctx, {fmt::format("device {}", device.id), put, look});
  } catch (const DeadlinePassed&) {
    tell();
    throw;
  } catch (const Interrupted&) {
    tell();
    throw;
  }
}

void set_tags(const std::string& id, const std::string& patch, Context& ctx) {
  if (patch.empty()) return;
  try {
    ctx.hub().update_twin(id, patch);
  } catch (const Error&) {
    ctx.notice(fmt::format("device {0} was created without its tags; to set them: fwctl twin update {0} --tags", id));
    throw;
  }
}

/// The patch that sets the tags; empty: there are none.
std::string tags_patch(const Args& args) {
  if (args.tags.empty()) return {};
  return to_json_text({{"tags", object_from_user(args.tags, "--tags")}});
}

ExitCode run(const Args& args, Context& ctx) {
  refuse_repeated(args.ids);
  const std::string patch = tags_patch(args);
  if (args.ids.size() > 1 && !(args.primary_key + args.secondary_key).empty()) {
    throw UsageError("--primary-key and --secondary-key are for one device");
  }
  List list(ctx, {"devices", "device"}, identity_columns(""));
  for (const std::string& id : args.ids) {
    iothub::NewDevice device{.id = id, .primary_key = {}, .secondary_key = {}, .enabled = !args.disabled, .tags = {}};
    device.primary_key = key_from(args.primary_key);
    device.secondary_key = key_from(args.secondary_key);
    const iothub::Device made = create(device, args, ctx);
    set_tags(id, patch, ctx);
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
