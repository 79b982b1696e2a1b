#include <fmt/format.h>

#include <algorithm>

#include "cmd/common/files.hpp"
#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "cmd/fwctl/commands/twins.hpp"
#include "cmd/fwctl/errors.hpp"
#include "cmd/fwctl/output/text.hpp"
#include "fwctl/base/error.hpp"
#include "fwctl/iothub/error.hpp"

namespace fwctl::cli {
namespace {

using nlohmann::ordered_json;

struct Args {
  std::string id;
  std::string desired;
  std::string tags;
  std::string patch_file;
  std::string etag;
};

/// As the hub gives it in documents; the quotes of an HTTP header do no harm.
std::string checked_etag(std::string etag) {
  if (etag.size() > 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  const bool good = std::all_of(etag.begin(), etag.end(), [](char c) { return c > ' ' && c < 0x7F && c != '"'; });
  if (!good) throw UsageError(fmt::format("--etag {} is none", shown(etag)), "fwctl twin show gives it");
  return etag;
}

std::string patch_from(const Args& args, Context& ctx) {
  const bool in_parts = !args.desired.empty() || !args.tags.empty();
  if (in_parts == !args.patch_file.empty()) {
    throw UsageError("give either --patch, or --desired and --tags or one of them");
  }
  if (!in_parts) {
    const ordered_json patch = object_from_user(read_text(args.patch_file, ctx.in, "the patch"), "the patch");
    if (!patch.contains("tags") && !patch.contains(ordered_json::json_pointer("/properties/desired"))) {
      throw UsageError("the patch changes nothing: it has neither tags nor properties.desired");
    }
    return to_json_text(patch);
  }
  ordered_json patch = ordered_json::object();
  if (!args.tags.empty()) patch["tags"] = object_from_user(args.tags, "--tags");
  if (!args.desired.empty()) patch["properties"]["desired"] = object_from_user(args.desired, "--desired");
  return to_json_text(patch);
}

/// Whether a document is what merging the patch into it would give.
bool holds(const ordered_json& document, const ordered_json& patch) {
  if (!patch.is_object()) return document == patch;
  return std::all_of(patch.items().begin(), patch.items().end(), [&](const auto& member) {
    const bool there = document.is_object() && document.contains(member.key());
    if (member.value().is_null()) return !there;
    return there && holds(document.at(member.key()), member.value());
  });
}

/// The twin is no longer the one that was meant: says what it is now.
[[noreturn]] void moved_on(const iothub::Twin& twin, const Args& args) {
  throw Conflict(
      fmt::format("twin {} has moved on: its etag is {} (version {}), not {}; nothing was changed", args.id, twin.etag,
                  twin.version, args.etag),
      fmt::format("look at it, fwctl twin show {}, and repeat the change with --etag {}", args.id, twin.etag));
}

/// When an answer is lost, the repeated request meets the etag that the first one made: that the twin holds what we
/// wrote settles it.
iothub::Twin update(const Args& args, const std::string& patch, Context& ctx) {
  const int repeats = ctx.repeats();
  try {
    return ctx.hub().update_twin(args.id, patch, checked_etag(args.etag));
  } catch (const iothub::ServiceError& error) {
    if (error.status() != 412) throw;
    const auto twin = ctx.hub().get_twin(args.id);
    if (!twin) throw;
    if (ctx.repeats() == repeats || !holds(from_hub(twin->document), from_hub(patch))) moved_on(*twin, args);
    ctx.notice(fmt::format("an answer was lost; twin {} holds this very change", args.id));
    return *twin;
  }
}

ExitCode run(const Args& args, Context& ctx) {
  const iothub::Twin twin = update(args, patch_from(args, ctx), ctx);
  print_document(ctx, new_document("twin", from_hub(twin.document)), twin_columns());
  return ExitCode::ok;
}

}  // namespace

Command twin_update() {
  return {"twin update", "Change tags or desired properties; null removes a member",
          "fwctl twin update chiller-1 --tags '{\"building\":\"43\"}'\n"
          "fwctl twin update chiller-1 --desired '{\"interval\":null}' --etag AAAAAAAAAAE=",
          [](Options& options) -> Run {
            auto args = std::make_shared<Args>();
            options.argument("ID", args->id, "Device id");
            options.text({"--desired", "JSON", "Desired properties to set"}, args->desired);
            options.text({"--tags", "JSON", "Tags to set"}, args->tags);
            options.text({"--patch", "FILE", "The whole patch, {tags?, properties: {desired?}}; - is stdin"},
                         args->patch_file);
            options.text({"--etag", "ETAG", "Only if the twin is still this one"}, args->etag);
            return [args](Context& ctx) { return run(*args, ctx); };
          }};
}

}  // namespace fwctl::cli
