#pragma once

#include <string>
#include <string_view>

#include "lib/localhub/core.hpp"
#include "lib/localhub/json.hpp"
#include "lib/localhub/twins/twins.hpp"

/// What the identities of devices and modules have in common. All throw ApiError for what the hub refuses.
namespace fwctl::localhub {

/// 1 to 128 characters of the hub's set.
void validate_id(const std::string& id);

/// A row that was never written, with its generation, etag and metadata.
TwinRow new_identity(const Core& core, const TwinKey& key);

/// From the body's `authentication`; keys that are absent or empty are made anew.
void set_authentication(TwinRow& row, const Json& body);

/// Everything that a device's body says: authentication, status, capabilities, scopes.
void set_identity(TwinRow& row, const Json& body, const std::string& now);

void renew_etag(const Core& core, TwinRow& row);

/// 412 when a deletion comes without the If-Match header.
void require_etag(const Core& core, std::string_view if_match);

/// 412 unless the If-Match header matches the identity's etag.
void check_etag(const TwinRow& row, std::string_view if_match);

}  // namespace fwctl::localhub
