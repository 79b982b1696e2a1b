#include "fwctl/iothub/sas.hpp"

#include <fmt/core.h>

#include "fwctl/base/base64.hpp"
#include "fwctl/base/sha256.hpp"
#include "fwctl/base/url.hpp"

namespace fwctl::iothub {

std::string make_sas_token(std::string_view resource, const SharedAccessKey& key, std::string_view policy,
                           Time expires) {
  const std::string encoded = percent_encode(resource);
  const auto expiry = std::chrono::floor<std::chrono::seconds>(expires).time_since_epoch().count();
  const std::string signature =
      base64_encode(hmac_sha256(base64_decode(key.reveal()).value_or(""), fmt::format("{}\n{}", encoded, expiry)));
  std::string token =
      fmt::format("SharedAccessSignature sr={}&sig={}&se={}", encoded, percent_encode(signature), expiry);
  if (!policy.empty()) token += fmt::format("&skn={}", percent_encode(policy));
  return token;
}

std::string device_resource(std::string_view host_name, std::string_view device_id) {
  return fmt::format("{}/devices/{}", host_name, device_id);
}

}  // namespace fwctl::iothub
