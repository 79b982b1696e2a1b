#pragma once

/// Names of the service's REST interface: paths, headers and JSON members. Here and nowhere else on this side.
namespace fwctl::iothub::wire {

inline constexpr const char* api_version = "2021-04-12";

inline constexpr const char* authorization = "Authorization";
inline constexpr const char* user_agent = "User-Agent";
inline constexpr const char* accept = "Accept";
inline constexpr const char* content_type = "Content-Type";
inline constexpr const char* json_content = "application/json; charset=utf-8";
inline constexpr const char* if_match = "If-Match";
inline constexpr const char* request_id = "Request-Id";
inline constexpr const char* client_request_id = "x-ms-client-request-id";
inline constexpr const char* max_item_count = "x-ms-max-item-count";
inline constexpr const char* continuation = "x-ms-continuation";
inline constexpr const char* error_code = "iothub-errorcode";
inline constexpr const char* retry_after = "Retry-After";
inline constexpr const char* date = "Date";

inline constexpr const char* no_job_slot = "ThrottlingMaxActiveJobCountExceeded";
inline constexpr const char* quota_exceeded = "IotHubQuotaExceeded";

inline constexpr const char* devices = "/devices";
inline constexpr const char* device_query = "/devices/query";
inline constexpr const char* twins = "/twins";
inline constexpr const char* jobs = "/jobs/v2";
inline constexpr const char* job_query = "/jobs/v2/query";

}  // namespace fwctl::iothub::wire
