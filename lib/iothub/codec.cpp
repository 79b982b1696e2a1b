#include "lib/iothub/codec.hpp"

#include <fmt/core.h>

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "fwctl/base/iso8601.hpp"
#include "fwctl/base/json_depth.hpp"
#include "fwctl/iothub/error.hpp"

namespace fwctl::iothub {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<std::string_view, JobStatus>, 8> job_statuses{{{"unknown", JobStatus::unknown},
                                                                              {"enqueued", JobStatus::enqueued},
                                                                              {"queued", JobStatus::queued},
                                                                              {"scheduled", JobStatus::scheduled},
                                                                              {"running", JobStatus::running},
                                                                              {"completed", JobStatus::completed},
                                                                              {"failed", JobStatus::failed},
                                                                              {"cancelled", JobStatus::cancelled}}};

const Json* member(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found == json.end() || found->is_null() ? nullptr : &*found;
}

std::string text(const Json& json, const char* name) {
  const Json* found = member(json, name);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string{};
}

/// A count, or a length of time in whole units; 0 for what is absent.
std::int64_t number(const Json& json, const char* name) {
  const Json* found = member(json, name);
  if (found == nullptr || !found->is_number()) return 0;
  constexpr double most = 1e15;
  if (const auto value = found->get<double>(); value < 0 || value > most) {
    throw ProtocolError(fmt::format("the hub's answer has {} as its {}, which is no count", found->dump(), name));
  }
  return found->get<std::int64_t>();
}

/// nullopt for what is absent, unreadable, or the hub's "never".
std::optional<Time> time(const Json& json, const char* name) {
  const auto parsed = parse_iso8601(text(json, name));
  return parsed == never() ? std::nullopt : parsed;
}

void expect_object(const Json& json, std::string_view what) {
  if (!json.is_object()) throw ProtocolError(fmt::format("the hub's answer for {} is not a JSON object", what));
}

std::string required_text(const Json& json, const char* name, std::string_view what) {
  expect_object(json, what);
  std::string value = text(json, name);
  if (value.empty()) throw ProtocolError(fmt::format("the hub's answer for {} has no {}", what, name));
  return value;
}

JobStatus job_status(std::string_view word) {
  for (const auto& [known, status] : job_statuses) {
    if (known == word) return status;
  }
  return JobStatus::other;
}

std::optional<SharedAccessKey> key(const Json& device, const char* name) {
  const Json* authentication = member(device, "authentication");
  const Json* keys = authentication == nullptr ? nullptr : member(*authentication, "symmetricKey");
  const std::string value = keys == nullptr || !keys->is_object() ? "" : text(*keys, name);
  if (value.empty()) return std::nullopt;
  return SharedAccessKey(value);
}

Json new_device_json(const NewDevice& device, const char* id_name) {
  const auto reveal = [](const std::optional<SharedAccessKey>& k) { return k ? k->reveal() : std::string{}; };
  return {{id_name, device.id},
          {"status", device.enabled ? "enabled" : "disabled"},
          {"authentication",
           {{"type", "sas"},
            {"symmetricKey",
             {{"primaryKey", reveal(device.primary_key)}, {"secondaryKey", reveal(device.secondary_key)}}}}},
          {"capabilities", {{"iotEdge", false}}}};
}

}  // namespace

bool is_terminal(JobStatus status) {
  return status == JobStatus::completed || status == JobStatus::failed || status == JobStatus::cancelled;
}

Json parse_document(const std::string& body, std::string_view what) {
  constexpr int deepest = 100;
  if (nested_deeper_than(body, deepest)) {
    throw ProtocolError(fmt::format("the hub's answer for {} is nested deeper than {} levels", what, deepest));
  }
  Json json = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) throw ProtocolError(fmt::format("the hub's answer for {} is not JSON", what));
  return json;
}

Job job_from_json(const Json& json) {
  expect_object(json, "a job");
  Job job;
  job.id = text(json, "jobId");
  job.type = text(json, "type");
  job.status_text = required_text(json, "status", "a job");
  job.status = job_status(job.status_text);
  job.query_condition = text(json, "queryCondition");
  if (const Json* twin = member(json, "updateTwin")) job.update_twin = twin->dump();
  job.created = time(json, "createdTime");
  job.start = time(json, "startTime");
  job.end = time(json, "endTime");
  job.max_execution_time = std::chrono::seconds{number(json, "maxExecutionTimeInSeconds")};
  job.failure_reason = text(json, "failureReason");
  if (const Json* counts = member(json, "deviceJobStatistics"); counts != nullptr && counts->is_object()) {
    job.statistics = {number(*counts, "deviceCount"), number(*counts, "failedCount"), number(*counts, "succeededCount"),
                      number(*counts, "runningCount"), number(*counts, "pendingCount")};
  }
  job.document = json.dump();
  return job;
}

Device device_from_json(const Json& json) {
  Device device;
  device.id = required_text(json, "deviceId", "a device");
  device.etag = text(json, "etag");
  device.status = text(json, "status");
  device.connection_state = text(json, "connectionState");
  device.last_activity = time(json, "lastActivityTime");
  device.primary_key = key(json, "primaryKey");
  device.secondary_key = key(json, "secondaryKey");
  device.document = json.dump();
  return device;
}

Twin twin_from_json(const Json& json) {
  Twin twin;
  twin.device_id = required_text(json, "deviceId", "a twin");
  twin.etag = text(json, "etag");
  twin.version = number(json, "version");
  twin.status = text(json, "status");
  twin.connection_state = text(json, "connectionState");
  twin.last_activity = time(json, "lastActivityTime");
  twin.document = json.dump();
  return twin;
}

Twin parse_twin(const std::string& document) { return twin_from_json(parse_document(document, "a twin")); }

DeviceJob parse_device_job(const std::string& document) {
  const Json json = parse_document(document, "a device's job");
  DeviceJob row;
  row.device_id = required_text(json, "deviceId", "a device's job");
  row.job_id = text(json, "jobId");
  row.status = text(json, "status");
  if (const Json* error = member(json, "error"); error != nullptr && error->is_object()) {
    row.error_code = text(*error, "code");
    row.error_description = text(*error, "description");
  }
  row.started = time(json, "startTimeUtc");
  row.ended = time(json, "endTimeUtc");
  row.document = document;
  return row;
}

std::string job_to_text(const TwinJob& job) {
  Json json{{"jobId", job.id},
            {"type", "scheduleUpdateTwin"},
            {"updateTwin", parse_document(job.update_twin, "the twin patch")},
            {"queryCondition", job.query_condition}};
  if (job.start) json["startTime"] = format_iso8601_millis(*job.start);
  json["maxExecutionTimeInSeconds"] = job.max_execution_time.count();
  return json.dump();
}

std::string device_to_text(const NewDevice& device) { return new_device_json(device, "deviceId").dump(); }

std::string bulk_to_text(const std::vector<NewDevice>& devices) {
  Json lines = Json::array();
  for (const NewDevice& device : devices) {
    Json line = new_device_json(device, "id");
    line["importMode"] = "create";
    if (!device.tags.empty()) line["tags"] = parse_document(device.tags, "the tags");
    lines.push_back(std::move(line));
  }
  return lines.dump();
}

std::vector<BulkFailure> bulk_failures_from_text(const std::string& body) {
  const Json json = parse_document(body, "a bulk registration");
  std::vector<BulkFailure> failures;
  expect_object(json, "a bulk registration");
  const Json* errors = member(json, "errors");
  if (errors == nullptr || !errors->is_array()) return failures;
  for (const Json& error : *errors) {
    if (!error.is_object()) continue;
    const Json* code = member(error, "errorCode");
    failures.push_back({text(error, "deviceId"),
                        code == nullptr     ? std::string{}
                        : code->is_string() ? code->get<std::string>()
                                            : code->dump(),
                        text(error, "errorStatus")});
  }
  return failures;
}

}  // namespace fwctl::iothub
