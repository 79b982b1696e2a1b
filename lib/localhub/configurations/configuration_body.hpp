#pragma once

#include <string>

#include "lib/localhub/configurations/configuration_row.hpp"

namespace fwctl::localhub {

/// What a PUT asks for: every member but times and etag. Throws ApiError (400) with the rule that it breaks.
ConfigurationRow read_configuration(const std::string& id, const Json& body);

/// nullopt: the text is a target condition or a metric query; else why not.
std::optional<std::string> target_error(const std::string& condition);
std::optional<std::string> metric_error(const std::string& query);

}  // namespace fwctl::localhub
