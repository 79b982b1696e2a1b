#pragma once

#include <optional>
#include <string>

#include "fwctl/localhub/hub.hpp"
#include "lib/localhub/core.hpp"
#include "lib/localhub/policies.hpp"
#include "lib/localhub/twins/twin_row.hpp"

namespace fwctl::localhub {

/// What a CONNECT that was let in says.
struct Login {
  TwinKey key;
  Time expires;             // of the token
  std::string api_version;  // of the user name; empty: none
  std::string model_id;     // of the user name; empty: none
};

/// Who connects, if its token is good for it: signed with its own key over its own resource, or with the key of a
/// policy that may connect devices. nullopt: refuse.
std::optional<Login> check_login(const Core& core, const Policies& policies, const ConnectRequest& request);

}  // namespace fwctl::localhub
