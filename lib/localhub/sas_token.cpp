#include "lib/localhub/sas_token.hpp"

#include <algorithm>
#include <charconv>

#include "fwctl/base/base64.hpp"
#include "fwctl/base/sha256.hpp"
#include "fwctl/base/url.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {
namespace {

std::optional<std::int64_t> parse_seconds(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void take_field(SasToken& token, std::string_view name, std::string_view value) {
  if (name == "sr") token.raw_resource = value;
  if (name == "se") token.raw_expiry = value;
  if (name == "sig") token.signature = percent_decode(value).value_or("");
  if (name == "skn") token.policy = percent_decode(value).value_or("");
}

void split_resource(SasToken& token) {
  std::string decoded = percent_decode(token.raw_resource).value_or("");
  // Older devices end the resource with an api-version, which is no part of its scope.
  const std::size_t last = decoded.rfind('/');
  if (last != std::string::npos && decoded.find("/api-version=", last) == last) decoded.resize(last);
  const std::size_t slash = decoded.find('/');
  token.host = plain_host(std::string_view(decoded).substr(0, slash));
  if (slash != std::string::npos) token.path = decoded.substr(slash + 1);
  if (token.path.ends_with('/')) token.path.pop_back();
}

}  // namespace

std::string plain_host(std::string_view host) {
  // An IPv6 address has colons of its own; its port stands behind the bracket.
  const std::size_t colon = host.rfind(':');
  const bool has_port = colon != std::string_view::npos && (host.find(':') == colon || host.find("]:") + 1 == colon);
  std::string plain(has_port ? host.substr(0, colon) : host);
  std::transform(plain.begin(), plain.end(), plain.begin(), [](unsigned char c) { return std::tolower(c); });
  return plain;
}

std::optional<SasToken> parse_sas_token(std::string_view text) {
  const std::string_view scheme = wire::sas_scheme;
  if (!text.starts_with(scheme)) return std::nullopt;
  text.remove_prefix(scheme.size());
  SasToken token;
  while (!text.empty()) {
    const std::string_view field = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), field.size() + 1));
    const std::size_t equals = field.find('=');
    if (equals != std::string_view::npos) take_field(token, field.substr(0, equals), field.substr(equals + 1));
  }
  const auto expires = parse_seconds(token.raw_expiry);
  if (!expires || token.raw_resource.empty() || token.signature.empty()) return std::nullopt;
  token.expires_s = *expires;
  split_resource(token);
  return token;
}

bool signed_by(const SasToken& token, std::span<const std::string> base64_keys) {
  bool found = false;
  for (const std::string& key : base64_keys) {
    const std::string expected =
        base64_encode(hmac_sha256(base64_decode(key).value_or(""), token.raw_resource + "\n" + token.raw_expiry));
    found |= !key.empty() && equal_constant_time(expected, token.signature);
  }
  return found;
}

bool covers(const SasToken& token, std::string_view path) {
  if (token.path.empty()) return true;
  return path.starts_with(token.path) && (path.size() == token.path.size() || path[token.path.size()] == '/');
}

}  // namespace fwctl::localhub
