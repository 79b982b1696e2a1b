#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/localhub/core.hpp"
#include "lib/localhub/sas_token.hpp"

namespace fwctl::localhub {

/// `any_service`: one of registry_read and service_connect is enough.
enum class Permission { registry_read, registry_write, service_connect, device_connect, any_service };

/// The five default shared access policies and what they allow.
class Policies {
 public:
  /// Makes the policies that are missing; all share `owner_key`, or have a random key each when it is empty.
  explicit Policies(Core& core);

  std::string primary_key(std::string_view policy) const;

  /// Throws ApiError 401 unless the Authorization header holds a valid token of a policy that has the permission.
  void authorize(std::string_view authorization, std::string_view path, Permission permission) const;

  /// Whether the token was signed by a policy that has the permission.
  bool signed_with(const SasToken& token, Permission permission) const;

 private:
  struct Policy {
    std::string name;
    std::vector<std::string> keys;
    std::string permissions;
  };
  const Policy* find(std::string_view name) const;

  Core& core_;
  std::vector<Policy> policies_;
};

}  // namespace fwctl::localhub
