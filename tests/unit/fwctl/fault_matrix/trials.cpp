#include "tests/unit/fwctl/fault_matrix/trials.hpp"

#include <fmt/ranges.h>

namespace fwctl::test {
namespace {

using Json = HubFixture::Json;

const Json job_body{{"jobId", "job-1"},
                    {"type", "scheduleUpdateTwin"},
                    {"queryCondition", "tags.devicetype='chiller'"},
                    {"updateTwin",
                     {{"etag", "*"},
                      {"properties",
                       {{"desired",
                         {{"firmware",
                           {{"fwVersion", "2.8.5"},
                            {"fwPackageURI", "https://h/p.bin"},
                            {"fwPackageCheckValue", "123456abcde"}}}}}}}}}};

/// A roll-out as `job_body` says it.
std::vector<std::string> firmware(std::vector<std::string> options) {
  options.insert(options.begin(), {"--fw-version", "2.8.5"});
  options.insert(options.end(), {"--package-uri", "https://h/p.bin", "--check-value", "123456abcde"});
  return options;
}

/// A job that waits for its start.
void add_later_job(FlakyHub& hub) {
  Json body = job_body;
  body["jobId"] = "job-later";
  body["startTime"] = "2026-01-01T12:00:00Z";
  hub.call("PUT", "/jobs/v2/job-later", body);
}

bool has(FlakyHub& hub, const std::string& path) { return hub.call("GET", path).status == 200; }

bool has_job(FlakyHub& hub) {
  const Json job = hub.json("GET", "/jobs/v2/job-new");
  const Json::json_pointer version("/updateTwin/properties/desired/firmware/fwVersion");
  return job.value("queryCondition", "") == "tags.devicetype='chiller'" && job.value(version, "") == "2.8.5";
}

bool has_building(FlakyHub& hub, const std::string& id) { return hub.twin(id)["tags"].value("building", "") == "43"; }

}  // namespace

FleetUnderFaults::FleetUnderFaults() {
  create_device("a", {{"devicetype", "chiller"}});
  create_device("b", {{"devicetype", "chiller"}});
  create_device("pump", {{"devicetype", "pump"}});
  call("PUT", "/jobs/v2/job-1", job_body);
  run_due();
  clock.on_sleep = [this, next = clock.on_sleep] {
    next();
    devices_act();
  };
}

void FleetUnderFaults::devices_act() {
  if (clock.slept.size() < 2) return;
  const Json report{{"firmware", {{"currentFwVersion", "2.8.5"}, {"fwUpdateStatus", "current"}}}};
  for (const char* id : {"a", "b"}) this->report(connect(id), report);
}

void FleetUnderFaults::set_switches(const std::string& json) {
  hub().set_switches(localhub::read_switches(json, {}));
  if (hub().switches().tier.empty() || hub().switches().units > 1) return;
  const auto use_up = [this](const char* method, const char* path, const Json& body) {
    while (call(method, path, body).status != 429) {
    }
  };
  use_up("GET", "/devices/a", nullptr);
  use_up("POST", "/devices/query", {{"query", "SELECT * FROM devices"}});
  use_up("GET", "/twins/a", nullptr);
  use_up("PATCH", "/twins/pump", {{"tags", {{"devicetype", "pump"}}}});
  use_up("GET", "/jobs/v2/job-1", nullptr);
}

void FleetUnderFaults::end_faults() { hub().set_switches({.clock_offset_s = hub().switches().clock_offset_s}); }

std::string Trial::name() const { return fmt::format("{} {}", command, fmt::join(arguments, " ")); }

const std::vector<Trial>& all_trials() {
  static const std::vector<Trial> trials{
      {.command = "schedule", .arguments = firmware({"--job-id", "job-new"}), .is_done = has_job},
      {.command = "schedule", .arguments = firmware({"--wait", "--job-id", "job-new"}), .is_done = has_job},
      {.command = "schedule", .arguments = firmware({"--dry-run"})},
      {.command = "monitor", .arguments = {"job-1"}},
      {.command = "status", .arguments = {"--until-version", "2.8.5"}},
      {.command = "status", .arguments = {"--once"}},
      {.command = "status", .arguments = {"--once", "--devices"}},
      {.command = "job list", .arguments = {}},
      {.command = "job show", .arguments = {"job-1"}},
      {.command = "job cancel",
       .arguments = {"job-later"},
       .prepare = add_later_job,
       .is_done = [](auto& hub) { return hub.json("GET", "/jobs/v2/job-later")["status"] != "scheduled"; }},
      {.command = "job devices", .arguments = {"job-1"}},
      {.command = "device list", .arguments = {}},
      {.command = "device show", .arguments = {"a"}},
      {.command = "device create",
       .arguments = {"new-1", "new-2", "--tags", R"({"building":"43"})"},
       .is_done = [](auto& hub) { return has_building(hub, "new-1") && has_building(hub, "new-2"); }},
      {.command = "device delete",
       .arguments = {"a", "pump"},
       .is_done =
           [](auto& hub) { return !has(hub, "/devices/a") && !has(hub, "/devices/pump") && has(hub, "/devices/b"); }},
      {.command = "device connection-string", .arguments = {"a"}},
      {.command = "twin show", .arguments = {"a"}},
      {.command = "twin update",
       .arguments = {"a", "--tags", R"({"building":"43"})"},
       .is_done = [](auto& hub) { return has_building(hub, "a"); }},
      {.command = "query", .arguments = {"SELECT * FROM devices"}},
      {.command = "sas-token", .arguments = {"--device", "a"}},
      {.command = "schema", .arguments = {}, .asks_hub = false},
      {.command = "version", .arguments = {}, .asks_hub = false},
  };
  return trials;
}

}  // namespace fwctl::test
