#pragma once

#include <string>
#include <string_view>

namespace fwctl::iothub {

/// A string literal of the query language, quotes included: `it's` is `'it\'s'`. The one way to put a text from
/// outside into a query.
/// Source: reference, section 6.1: escapes \' \" \\ \b \f \n \r \t \uXXXX.
std::string quote_literal(std::string_view text);

}  // namespace fwctl::iothub
