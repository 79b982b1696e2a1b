#include "lib/localhub/policies.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "fwctl/base/base64.hpp"
#include "fwctl/base/random.hpp"
#include "lib/localhub/api_error.hpp"
#include "lib/localhub/bearer_token.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::array<std::pair<const char*, const char*>, 5> default_policies{
    {{"iothubowner", "RegistryRead,RegistryWrite,ServiceConnect,DeviceConnect"},
     {"service", "ServiceConnect"},
     {"device", "DeviceConnect"},
     {"registryRead", "RegistryRead"},
     {"registryReadWrite", "RegistryRead,RegistryWrite"}}};

std::string_view name_of(Permission permission) {
  switch (permission) {
    case Permission::registry_read:
      return "RegistryRead";
    case Permission::registry_write:
      return "RegistryWrite";
    case Permission::service_connect:
      return "ServiceConnect";
    case Permission::device_connect:
      return "DeviceConnect";
    case Permission::any_service:
      break;
  }
  return "";
}

bool allows(const std::string& permissions, Permission permission) {
  if (permission == Permission::any_service) {
    return allows(permissions, Permission::registry_read) || allows(permissions, Permission::service_connect);
  }
  return permissions.find(name_of(permission)) != std::string::npos;
}

}  // namespace

Policies::Policies(Core& core) : core_(core) {
  for (const auto& [name, permissions] : default_policies) {
    const auto key = [&] {
      return core.options.owner_key.empty() ? base64_encode(random_bytes(32)) : core.options.owner_key;
    };
    core.database.prepare("INSERT OR IGNORE INTO policies VALUES (?, ?, ?, ?)")
        .bind_all(std::string(name), key(), key(), std::string(permissions))
        .run();
  }
  Statement rows = core.database.prepare("SELECT name, primary_key, secondary_key, permissions FROM policies");
  while (rows.step()) policies_.push_back({rows.text(0), {rows.text(1), rows.text(2)}, rows.text(3)});
}

const Policies::Policy* Policies::find(std::string_view name) const {
  const auto found =
      std::find_if(policies_.begin(), policies_.end(), [&](const Policy& policy) { return policy.name == name; });
  return found == policies_.end() ? nullptr : &*found;
}

std::string Policies::primary_key(std::string_view policy) const {
  const Policy* found = find(policy);
  if (found == nullptr) throw Error(fmt::format("this hub has no policy '{}'", policy));
  return found->keys.front();
}

bool Policies::signed_with(const SasToken& token, Permission permission) const {
  const Policy* policy = find(token.policy);
  return policy != nullptr && signed_by(token, policy->keys) && allows(policy->permissions, permission);
}

void Policies::authorize(std::string_view authorization, std::string_view path, Permission permission) const {
  if (core_.switches.accept_bearer && is_bearer_token(authorization)) return;
  const std::chrono::seconds grace{core_.switches.token_grace_s};
  const auto token = parse_sas_token(authorization);
  const bool good = token && core_.is_our_host(token->host) && covers(*token, path) &&
                    signed_with(*token, permission) && core_.clock.now() < from_unix(token->expires_s) + grace;
  if (!good) throw ApiError(error_names::unauthorized, "Unauthorized");
}

}  // namespace fwctl::localhub
