#include "cmd/fwctl/commands/same_job.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "fwctl/base/iso8601.hpp"

namespace fwctl::cli {
namespace {

using nlohmann::json;

/// How much later than it should a job may begin.
constexpr std::chrono::minutes moment{1};

json member(const json& object, const char* name) {
  if (!object.is_object() || !object.contains(name)) return json::object();
  return object.at(name).is_null() ? json::object() : object.at(name);
}

/// What a job writes; what else stands in a patch is the hub's.
json essence(const std::string& update_twin) {
  const json patch = json::parse(update_twin, nullptr, /*allow_exceptions=*/false);
  return {{"tags", member(patch, "tags")}, {"desired", member(member(patch, "properties"), "desired")}};
}

/// The members, as /desired/firmware/fwVersion.
void compare_patches(const iothub::Job& stored, const iothub::TwinJob& wanted, std::vector<std::string>& found) {
  for (const json& change : json::diff(essence(wanted.update_twin), essence(stored.update_twin))) {
    found.push_back(change.at("path").get<std::string>().substr(1));
  }
}

std::string start_text(const std::optional<Time>& start) { return start ? format_iso8601_millis(*start) : "at once"; }

bool same_start(const iothub::Job& stored, const iothub::TwinJob& wanted) {
  if (!stored.start || !stored.created) return true;  // a hub that does not tell says nothing against it
  const bool waits = stored.status == iothub::JobStatus::scheduled;
  const bool at_once = !wanted.start || *wanted.start <= *stored.created;
  if (at_once) return !waits || *stored.start <= *stored.created + moment;
  if (start_text(stored.start) == start_text(wanted.start)) return true;
  // Once it runs, the hub may tell when it really began.
  return !waits && *stored.start >= *wanted.start && *stored.start <= *wanted.start + moment;
}

}  // namespace

std::vector<std::string> differences(const iothub::Job& stored, const iothub::TwinJob& wanted) {
  std::vector<std::string> found;
  if (stored.type != "scheduleUpdateTwin") found.push_back("type");
  if (stored.query_condition != wanted.query_condition) found.emplace_back("queryCondition");
  compare_patches(stored, wanted, found);
  if (!same_start(stored, wanted)) {
    found.push_back(fmt::format("startTime ({}, not {})", start_text(stored.start), start_text(wanted.start)));
  }
  if (stored.max_execution_time.count() != 0 && stored.max_execution_time != wanted.max_execution_time) {
    found.push_back(fmt::format("maxExecutionTimeInSeconds ({}, not {})", stored.max_execution_time.count(),
                                wanted.max_execution_time.count()));
  }
  return found;
}

}  // namespace fwctl::cli
