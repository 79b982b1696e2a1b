#pragma once

#include <string>
#include <string_view>

namespace fwctl::iothub {

/// Base64 text of a shared access key. Not printable by accident: only `reveal()` gives the text.
class SharedAccessKey {
 public:
  SharedAccessKey() = default;
  /// Throws UsageError when `base64` is not base64 of at least one byte; the message does not repeat it.
  explicit SharedAccessKey(std::string base64);

  const std::string& reveal() const noexcept { return base64_; }

 private:
  std::string base64_;
};

/// `HostName=…;SharedAccessKeyName=…;SharedAccessKey=…`, what an operator has. HostName may carry a port.
struct ServiceConnection {
  std::string host_name;
  std::string policy;
  SharedAccessKey key;

  /// The part of the host name before its first dot.
  std::string hub_name() const;
};

/// `HostName=…;DeviceId=…;SharedAccessKey=…[;ModuleId=…][;GatewayHostName=…]`, what a device has.
struct DeviceConnection {
  std::string host_name;
  std::string device_id;
  SharedAccessKey key;
  std::string gateway_host_name;  // empty: connect to host_name

  std::string to_text() const;  // the connection string again, key included
};

/// Reads either kind by the rules of the reference, section 1.2: parts split on `;`, each on its first `=`, names
/// without regard to case, order free. Throws UsageError that names the missing or doubtful part and never repeats
/// the key; each refuses the other kind by name.
ServiceConnection parse_service_connection(std::string_view text);
DeviceConnection parse_device_connection(std::string_view text);

}  // namespace fwctl::iothub
