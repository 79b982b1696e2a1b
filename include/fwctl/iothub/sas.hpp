#pragma once

#include <string>
#include <string_view>

#include "fwctl/base/clock.hpp"
#include "fwctl/iothub/connection_string.hpp"

namespace fwctl::iothub {

/// `SharedAccessSignature sr=…&sig=…&se=…[&skn=…]`
///
/// `resource` is not yet encoded: a host for services, `host/devices/id` for devices. The signature is HMAC-SHA256
/// over the encoded resource, a line feed and the expiry, by the decoded key. `policy` is empty for device keys.
std::string make_sas_token(std::string_view resource, const SharedAccessKey& key, std::string_view policy,
                           Time expires);

/// The resource that a device's token names.
std::string device_resource(std::string_view host_name, std::string_view device_id);

}  // namespace fwctl::iothub
