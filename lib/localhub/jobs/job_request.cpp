#include "lib/localhub/jobs/job_request.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "lib/localhub/api_error.hpp"
#include "lib/localhub/devices/methods.hpp"
#include "lib/localhub/query/query.hpp"
#include "lib/localhub/twins/twins.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::chrono::hours horizon{168};

void validate_job_id(const std::string& id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '\'';
  };
  if (id.empty() || id.size() > 64 || !std::all_of(id.begin(), id.end(), allowed)) {
    throw ApiError(error_names::argument_invalid, "A job id has 1 to 64 letters, digits or hyphens.");
  }
}

/// tags and properties.desired of the patch; what else SDKs send is not the job's business.
Json update_twin_of(const Json& body) {
  const Json* twin = find_member(body, "updateTwin");
  if (twin == nullptr || !twin->is_object()) throw ApiError(error_names::argument_null, "updateTwin is missing.");
  if (text_member(*twin, "etag") != "*") {
    throw ApiError(error_names::precondition_failed, "Precondition failed: updateTwin needs the etag \"*\".");
  }
  Json payload{{"deviceId", nullptr}, {"etag", "*"}};
  if (const Json* tags = find_member(*twin, "tags")) {
    validate_patch(*tags, "tags");
    payload["tags"] = *tags;
  }
  const Json* properties = find_member(*twin, "properties");
  if (const Json* desired = properties == nullptr ? nullptr : find_member(*properties, "desired")) {
    validate_desired(*desired);
    payload["properties"]["desired"] = *desired;
  }
  return payload;
}

std::optional<Time> start_time_of(const Json& body) {
  const std::string text = text_member(body, "startTime");
  if (text.empty()) return std::nullopt;
  const auto time = parse_iso8601(text);
  if (!time) throw ApiError(error_names::argument_invalid, "startTime is not an ISO-8601 time.");
  return time;
}

std::chrono::seconds max_execution_of(const Json& body) {
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  const auto seconds = whole_member(body, "maxExecutionTimeInSeconds", 0, most).value_or(0);
  return std::chrono::seconds{seconds == 0 ? 3600 : seconds};
}

Json payload_of(const std::string& type, const Json& body) {
  if (type == twin_job) return update_twin_of(body);
  const Json* method = find_member(body, "cloudToDeviceMethod");
  if (method == nullptr) throw ApiError(error_names::argument_null, "cloudToDeviceMethod is missing.");
  read_method_call(*method);
  return *method;
}

}  // namespace

JobRow read_job_request(const std::string& id, const Json& body, Time now) {
  validate_job_id(id);
  JobRow job;
  job.job_id = id;
  job.type = text_member(body, "type");
  if (job.type != twin_job && job.type != method_job) {
    throw ApiError(error_names::bad_request, fmt::format("The job type '{}' is none that the hub knows.", job.type));
  }
  const std::string named = text_member(body, "jobId");
  if (!named.empty() && named != id) {
    throw ApiError(error_names::argument_invalid, "jobId in the body is not the one in the path.");
  }
  job.query_condition = text_member(body, "queryCondition");
  if (job.query_condition.empty()) throw ApiError(error_names::argument_null, "queryCondition is missing.");
  if (is_too_long(job.query_condition)) throw ApiError(error_names::precondition_failed, "queryCondition is too long.");
  job.payload = payload_of(job.type, body).dump();
  job.created = now;
  job.start = std::max(start_time_of(body).value_or(now), now);
  if (job.start > now + horizon) {
    throw ApiError(error_names::argument_invalid, "startTime: Must be within 168 hours.");
  }
  job.max_execution = max_execution_of(body);
  job.state = first_state(job.start > now);
  return job;
}

}  // namespace fwctl::localhub
