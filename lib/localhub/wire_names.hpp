#pragma once

/// Header names and topics of the hub's side of the wire. Here and nowhere else on this side.
namespace fwctl::localhub::wire {

inline constexpr const char* content_type = "Content-Type";
inline constexpr const char* json_content = "application/json; charset=utf-8";
inline constexpr const char* authorization = "Authorization";
inline constexpr const char* connection = "Connection";
inline constexpr const char* date = "Date";
inline constexpr const char* etag = "ETag";
inline constexpr const char* if_match = "If-Match";
inline constexpr const char* method_override = "X-HTTP-Method-Override";
inline constexpr const char* retry_after = "Retry-After";
inline constexpr const char* error_code = "iothub-errorcode";
inline constexpr const char* bulk_error_code = "IotHubErrorCode";
inline constexpr const char* item_type = "x-ms-item-type";
inline constexpr const char* max_item_count = "x-ms-max-item-count";
inline constexpr const char* command_status = "x-ms-command-statuscode";
inline constexpr const char* request_id = "x-ms-request-id";
inline constexpr const char* location = "Location";
inline constexpr const char* continuation = "x-ms-continuation";
inline constexpr const char* api_version = "api-version";
inline constexpr const char* model_id = "model-id";

inline constexpr const char* sas_scheme = "SharedAccessSignature ";
inline constexpr const char* bearer_scheme = "Bearer ";

inline constexpr const char* websocket_path = "/$iothub/websocket";
inline constexpr const char* websocket_protocol = "mqtt";

inline constexpr const char* twin_responses = "$iothub/twin/res/#";
inline constexpr const char* desired_updates = "$iothub/twin/PATCH/properties/desired/#";
inline constexpr const char* method_calls = "$iothub/methods/POST/#";
inline constexpr const char* twin_get = "$iothub/twin/GET/";
inline constexpr const char* reported_patch = "$iothub/twin/PATCH/properties/reported/";
inline constexpr const char* method_call = "$iothub/methods/POST/";
inline constexpr const char* method_answer = "$iothub/methods/res/";
inline constexpr const char* twin_response = "$iothub/twin/res/";
inline constexpr const char* desired_update = "$iothub/twin/PATCH/properties/desired/";

}  // namespace fwctl::localhub::wire
