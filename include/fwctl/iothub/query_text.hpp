#pragma once

#include <string>
#include <string_view>

namespace fwctl::iothub {

/// A string literal of the query language, quotes included: `it's` is `'it\'s'`. The one way to put a text from
/// outside into a query.
/// Source: reference, section 6.1: escapes \' \" \\ \b \f \n \r \t \uXXXX.
std::string quote_literal(std::string_view text);
/// How long the literal is that a text begins with, quotes included; 0: it begins with none.
std::size_t literal_length(std::string_view text);

/// What became of each device in a job; empty status: of all of them. Rows are for parse_device_job.
std::string device_jobs_query(std::string_view job_id, std::string_view status);

}  // namespace fwctl::iothub
