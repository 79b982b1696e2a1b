#include <fmt/core.h>

#include "fwctl/base/base64.hpp"
#include "lib/localhub/json.hpp"
#include "lib/localhub/query/lexer.hpp"
#include "lib/localhub/query/select.hpp"

namespace fwctl::localhub {
namespace {

/// FNV-1a: stable over restarts, which std::hash does not promise.
std::string fingerprint(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return fmt::format("{:016x}", hash);
}

}  // namespace

std::string write_position(const Position& position, std::string_view query_text) {
  const Json token{
      {"q", fingerprint(query_text)}, {"a", position.after}, {"j", position.job}, {"n", position.returned}};
  return base64_encode(token.dump());
}

Position read_position(std::string_view continuation, std::string_view query_text) {
  if (continuation.empty()) return {};
  const Json token = Json::parse(base64_decode(continuation).value_or(""), nullptr, /*allow_exceptions=*/false);
  const bool good = token.is_object() && token.size() == 4 && token.value("q", Json()) == fingerprint(query_text) &&
                    token.value("a", Json()).is_number_integer() && token.value("n", Json()).is_number_integer() &&
                    token.value("j", Json()).is_string();
  if (!good) query_error({}, "The continuation token does not belong to this query");
  return {token["a"].get<std::int64_t>(), token["j"].get<std::string>(), token["n"].get<std::int64_t>()};
}

}  // namespace fwctl::localhub
