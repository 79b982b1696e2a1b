#pragma once

#include <string>

#include "fwctl/base/clock.hpp"
#include "fwctl/base/error.hpp"
#include "fwctl/base/http.hpp"

namespace fwctl::localhub {

/// A refusal of the hub's: its number is HTTP status × 1000 + n.
struct ErrorName {
  const char* name;
  int number;
  int status() const { return number / 1000; }
};

namespace error_names {
inline constexpr ErrorName bad_request{"GenericBadRequest", 400000};
inline constexpr ErrorName invalid_protocol_version{"InvalidProtocolVersion", 400001};
inline constexpr ErrorName argument_invalid{"ArgumentInvalid", 400004};
inline constexpr ErrorName argument_null{"ArgumentNull", 400005};
inline constexpr ErrorName format_error{"IotHubFormatError", 400006};
inline constexpr ErrorName blob_container{"BlobContainerValidationError", 400008};
inline constexpr ErrorName invalid_device_scope{"InvalidDeviceScope", 400028};
inline constexpr ErrorName defined_twice{"DeviceDefinedMultipleTimes", 400011};
inline constexpr ErrorName bulk_failure{"BulkRegistryOperationFailure", 400013};
inline constexpr ErrorName invalid_target_condition{"InvalidConfigurationTargetCondition", 400401};
inline constexpr ErrorName invalid_configuration_content{"InvalidConfigurationContent", 400402};
inline constexpr ErrorName invalid_metrics_query{"InvalidConfigurationCustomMetricsQuery", 400404};
inline constexpr ErrorName unauthorized{"IotHubUnauthorizedAccess", 401002};
inline constexpr ErrorName not_found{"GenericNotFound", 404000};
inline constexpr ErrorName device_not_found{"DeviceNotFound", 404001};
inline constexpr ErrorName job_not_found{"JobNotFound", 404002};
inline constexpr ErrorName configuration_not_found{"ConfigurationNotFound", 404301};
inline constexpr ErrorName module_not_found{"ModuleNotFound", 404010};
inline constexpr ErrorName device_not_online{"DeviceNotOnline", 404103};
inline constexpr ErrorName method_not_allowed{"GenericMethodNotAllowed", 405000};
inline constexpr ErrorName not_in_this_state{"OperationNotAllowedInCurrentState", 405102};
inline constexpr ErrorName device_exists{"DeviceAlreadyExists", 409001};
inline constexpr ErrorName job_exists{"JobAlreadyExists", 409104};
inline constexpr ErrorName configuration_exists{"ConfigurationAlreadyExists", 409401};
inline constexpr ErrorName module_exists{"ModuleAlreadyExistsOnDevice", 409301};
inline constexpr ErrorName precondition_failed{"PreconditionFailed", 412001};
inline constexpr ErrorName job_run_precondition_failed{"JobRunPreconditionFailed", 412003};
inline constexpr ErrorName too_large{"GenericRequestEntityTooLarge", 413000};
inline constexpr ErrorName too_many_devices{"TooManyDevices", 413002};
inline constexpr ErrorName too_many_configurations{"ConfigurationCountLimitExceeded", 413101};
inline constexpr ErrorName too_many_modules{"TooManyModulesOnDevice", 413003};
inline constexpr ErrorName throttled{"ThrottlingException", 429001};
inline constexpr ErrorName backlog_timeout{"ThrottlingBacklogTimeout", 429003};
inline constexpr ErrorName too_many_jobs{"ThrottlingMaxActiveJobCountExceeded", 429004};
inline constexpr ErrorName server_error{"ServerError", 500001};
inline constexpr ErrorName service_unavailable{"ServiceUnavailable", 503001};
inline constexpr ErrorName gateway_timeout{"GatewayTimeout", 504101};
}  // namespace error_names

/// The real hub's bodies of errors: which one depends on the operation.
enum class Envelope {
  classic,   // {"Message":"ErrorCode:<Name>;<text>","ExceptionMessage":"Tracking ID:…"}
  flat,      // {"errorCode":409301,"message":"<text>","trackingId":"…","timestampUtc":"…","info":null}
  nested,    // the flat one as a text in the classic one's Message
  repeated,  // the classic one, and in its text another: {"Message":"ErrorCode:<Name>;Error: 429 {\"Message\":…
};

/// Thrown anywhere below the two doors, HTTP and MQTT; each writes it in its own form.
class ApiError : public Error {
 public:
  ApiError(ErrorName name, const std::string& text, Envelope envelope = Envelope::classic)
      : Error(text), name_(name), envelope_(envelope) {}
  const ErrorName& name() const { return name_; }
  Envelope envelope() const { return envelope_; }

 private:
  ErrorName name_;
  Envelope envelope_;
};

/// The response in the error's envelope, with the header that names the error.
HttpResponse error_response(const ApiError& error, Time now);

/// The body of a twin response of status 300 and above; never empty, because the Node SDK looks at nothing else.
std::string mqtt_error_body(const ApiError& error, Time now);

}  // namespace fwctl::localhub
