#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/localhub/query/tree.hpp"

namespace fwctl::localhub {

struct Token {
  enum class Kind { name, escaped_name, text, integer, real, symbol, end };
  Kind kind = Kind::end;
  std::string text;  // a name as written, a text unescaped, a symbol such as "<="
  Place place;
};

/// Cuts a query into tokens; the last is `end`. `start` is the place of its first character. Throws QueryError, for
/// texts over 8192 characters too.
std::vector<Token> tokenize(std::string_view text, Place start = {});

/// `Line 1:29 <why>`
[[noreturn]] void query_error(const Place& place, const std::string& why);

}  // namespace fwctl::localhub
