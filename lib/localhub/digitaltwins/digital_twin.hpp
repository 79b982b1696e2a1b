#pragma once

#include "lib/localhub/json.hpp"
#include "lib/localhub/twins/twin_row.hpp"

/// A twin as Plug and Play sees it: desired and reported in one document.
namespace fwctl::localhub {

/// {"$dtId", property: value…, component: {…}, "$metadata": {"$model", property: {desiredValue, desiredVersion,
/// ackVersion, ackCode, ackDescription, lastUpdateTime}}}. A component is what carries `"__t":"c"`.
Json digital_twin_document(const TwinRow& row);

/// A JSON patch (RFC 6902: add, replace, remove) of properties and components as a patch of desired properties.
/// Throws ApiError (400) for another operation or a path deeper than /component/property.
Json desired_of_json_patch(const Json& operations);

}  // namespace fwctl::localhub
