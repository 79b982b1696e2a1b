#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fwctl::localhub {

/// `SharedAccessSignature sr=…&sig=…&se=…[&skn=…]`, taken apart. Every client writes it differently, so the resource
/// and the expiry are kept as received: the signature is over exactly those bytes.
struct SasToken {
  std::string raw_resource;
  std::string raw_expiry;
  std::string signature;  // base64, decoded from percent-encoding
  std::string policy;     // empty: signed with a device's own key
  std::string host;       // of the resource: decoded, lower-case, without a port
  std::string path;       // of the resource: decoded, without the leading slash; empty for the whole hub
  std::int64_t expires_s = 0;
};

/// nullopt: not a token, or a part is missing or malformed. Fields may stand in any order; unknown ones are ignored.
std::optional<SasToken> parse_sas_token(std::string_view text);

/// Whether one of the base64 keys signed the token. Takes as long for a wrong signature as for a right one.
bool signed_by(const SasToken& token, std::span<const std::string> base64_keys);

/// Whether the token's resource covers `path` (no leading slash), by whole segments.
bool covers(const SasToken& token, std::string_view path);

/// The host without its port, in lower case: how host names are compared.
std::string plain_host(std::string_view host);

}  // namespace fwctl::localhub
