#include "cmd/fwctl/commands/submit.hpp"

#include <fmt/format.h>

#include "cmd/fwctl/commands/rows.hpp"
#include "cmd/fwctl/errors.hpp"
#include "fwctl/base/iso8601.hpp"
#include "fwctl/iothub/error.hpp"

namespace fwctl::cli {
namespace {

using Json = nlohmann::ordered_json;

/// A job that was just made can look unknown for as long.
constexpr int read_back_tries = 10;

/// What the hub stores of a patch: it adds members of its own.
Json essence(const std::string& update_twin) {
  const nlohmann::json patch = nlohmann::json::parse(update_twin, nullptr, /*allow_exceptions=*/false);
  if (!patch.is_object()) return nullptr;
  const auto part = [](const nlohmann::json& object, const char* name) {
    return object.is_object() && object.contains(name) ? object.at(name) : nlohmann::json();
  };
  // Through the sorted kind of object, so that the order of members says nothing.
  return Json::parse(nlohmann::json{part(patch, "tags"), part(part(patch, "properties"), "desired")}.dump());
}

bool same_job(const iothub::Job& stored, const iothub::TwinJob& wanted) {
  const bool same_start =
      !wanted.start || (stored.start && format_iso8601_millis(*stored.start) == format_iso8601_millis(*wanted.start));
  return stored.type == "scheduleUpdateTwin" && stored.query_condition == wanted.query_condition && same_start &&
         essence(stored.update_twin) == essence(wanted.update_twin);
}

std::optional<iothub::Job> read_back(Context& ctx, const std::string& id) {
  for (int tries = 1;; ++tries) {
    if (auto job = ctx.hub().get_job(id)) return job;
    if (tries == read_back_tries) return std::nullopt;
    ctx.clock.sleep_for(std::chrono::seconds{1});
  }
}

/// The hub may or may not have our job: looks, and compares. nullopt: it has none.
std::optional<iothub::Job> settle(Context& ctx, const iothub::TwinJob& job, const std::string& why) {
  const auto stored = read_back(ctx, job.id);
  if (!stored) return std::nullopt;
  if (!same_job(*stored, job)) {
    throw Conflict(fmt::format("a job {} with other content exists already", job.id),
                   fmt::format("choose another --job-id, or look at it: fwctl job show {}", job.id));
  }
  ctx.notice(fmt::format("{}; the hub has job {} with this very content", why, job.id));
  return stored;
}

std::string slot_holder(Context& ctx) {
  for (const char* status : {"running", "scheduled", "queued"}) {
    const auto page = ctx.hub().list_jobs("", status, 1).next();
    if (page && !page->empty()) return page->front().id;
  }
  return {};
}

[[noreturn]] void all_slots_taken(Context& ctx, const iothub::ServiceError& error) {
  const std::string holder = slot_holder(ctx);
  if (holder.empty()) throw error;
  throw iothub::ServiceError(
      error.detail(),
      fmt::format("job {} holds the slot; try again when it has ended: fwctl monitor {}", holder, holder));
}

bool may_have_acted(const iothub::ServiceError& error) { return error.status() >= 500 || error.status() == 409; }

}  // namespace

iothub::Job submit_job(Context& ctx, const iothub::TwinJob& job) {
  try {
    return ctx.hub().create_job(job);
  } catch (const iothub::TransportError& error) {
    if (!error.maybe_acted()) throw;
    if (auto stored = settle(ctx, job, "the answer was lost")) return *stored;
    throw;
  } catch (const iothub::ServiceError& error) {
    if (error.code() == "ThrottlingMaxActiveJobCountExceeded") all_slots_taken(ctx, error);
    if (!may_have_acted(error)) throw;
    if (auto stored = settle(ctx, job, fmt::format("the hub answered HTTP {}", error.status()))) return *stored;
    throw;
  }
}

}  // namespace fwctl::cli
