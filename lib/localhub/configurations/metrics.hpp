#pragma once

#include "lib/localhub/configurations/configuration_row.hpp"

namespace fwctl::localhub {

/// The query behind each system metric, by name; an empty text finds nothing.
Json system_queries(const ConfigurationRow& row);

/// Counts what every query of the configuration finds now; nothing until it was evaluated.
MetricResults count_metrics(const Database& database, const ConfigurationRow& row);

}  // namespace fwctl::localhub
