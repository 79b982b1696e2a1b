#include "cmd/fwctl/commands/slot.hpp"

#include <fmt/format.h>

#include "cmd/fwctl/commands/job_ids.hpp"
#include "cmd/fwctl/commands/watch.hpp"
#include "fwctl/base/iso8601.hpp"

namespace fwctl::cli {
namespace {

/// More than any tier has slots.
constexpr int most_slots = 20;

std::string since(const iothub::Job& job) {
  if (!job.start) return {};
  return fmt::format(" {} {}", job.status == iothub::JobStatus::scheduled ? "for" : "since",
                     format_iso8601_millis(*job.start));
}

}  // namespace

std::optional<iothub::Job> slot_holder(Context& ctx, const std::string& id) {
  std::optional<iothub::Job> holder;
  for (const char* status : {"running", "scheduled", "queued"}) {
    auto pages = ctx.hub().list_jobs("", status, most_slots);
    while (const auto page = pages.next()) {
      for (const iothub::Job& job : *page) {
        if (is_terminal(job.status)) continue;  // the list lags
        if (of_one_job(job.id, id)) return job;
        if (!holder) holder = job;
      }
    }
  }
  return holder;
}

std::string told(const iothub::Job& holder) {
  return fmt::format("job {} ({}{}) holds the slot", holder.id, holder.status_text, since(holder));
}

void wait_for_end(Context& ctx, const iothub::Job& job, std::chrono::milliseconds interval, const std::string& resume) {
  const WatchPlan plan{interval, told(job) + " still", resume};
  watch(ctx, plan, [&]() -> std::optional<ExitCode> {
    const auto seen = ctx.hub().get_job(job.id);
    return !seen || is_terminal(seen->status) ? std::optional(ExitCode::ok) : std::nullopt;
  });
}

}  // namespace fwctl::cli
