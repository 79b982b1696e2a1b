#include "lib/localhub/front/certificates.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <openssl/ec.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

#include "fwctl/base/error.hpp"
#include "fwctl/base/random.hpp"
#include "lib/localhub/front/pem_files.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::chrono::hours ca_life{24 * 3650};
constexpr std::chrono::hours server_life{24 * 365};
constexpr std::chrono::hours renewal{24 * 30};
constexpr const char* data_dir_hint = "check the folder given as --data-dir";

bool is_ip_address(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return inet_pton(AF_INET, name.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, name.c_str(), address.data()) == 1;
}

bool covers(X509* certificate, const std::string& name) {
  return is_ip_address(name) ? X509_check_ip_asc(certificate, name.c_str(), 0) == 1
                             : X509_check_host(certificate, name.c_str(), name.size(), 0, nullptr) == 1;
}

bool lasts(X509* certificate, Time now) {
  const auto soon = std::chrono::floor<std::chrono::seconds>(now + renewal).time_since_epoch().count();
  return X509_cmp_time(X509_get0_notAfter(certificate), std::array<time_t, 1>{soon}.data()) > 0;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  if (extension == nullptr) throw Error(fmt::format("'{}' can't stand in a certificate", value));
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate make_certificate(const char* name, EVP_PKEY* key, Time now, std::chrono::hours life) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  const std::string serial = random_bytes(8);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()),
                          *reinterpret_cast<const std::uint64_t*>(serial.data()) >> 1U);
  const time_t start = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count() - 3600;
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), start);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), start + std::chrono::seconds{life}.count());
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return certificate;
}

EVP_PKEY* new_ec_key() { return EVP_EC_gen("P-256"); }
/// Costs a fifth of a second to make and far more to sign with.
EVP_PKEY* new_rsa_key() { return EVP_RSA_gen(2048); }

void make_ca(const std::filesystem::path& path, const std::filesystem::path& key_path, Time now) {
  const Key key(new_ec_key());
  const Certificate ca = make_certificate("fwhub test CA", key.get(), now, ca_life);
  X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get()));
  add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
  X509_sign(ca.get(), key.get(), EVP_sha256());
  write_key(key_path, key.get());
  write_certificate(path, ca.get());
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
      return std::isalnum(c) != 0 || std::string_view("-._:*").find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (!plain || name.empty()) throw Error(fmt::format("'{}' is not a host name", name));
    text += fmt::format("{}{}:{}", text.empty() ? "" : ",", is_ip_address(name) ? "IP" : "DNS", name);
  }
  return text;
}

struct Authority {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

struct Server {
  std::filesystem::path certificate;
  std::filesystem::path key;
  EVP_PKEY* (*new_key)();
};

void make_server(const Server& files, const Authority& authority, const std::vector<std::string>& names, Time now) {
  const Certificate ca = read_certificate(authority.certificate);
  const Key ca_key = read_key(authority.key);
  if (!ca || !ca_key) throw Error(fmt::format("can't read {}", authority.certificate.string()), data_dir_hint);
  const Key key(files.new_key());
  const Certificate server = make_certificate(names.front().c_str(), key.get(), now, server_life);
  X509_set_issuer_name(server.get(), X509_get_subject_name(ca.get()));
  add_extension(server.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(server.get(), ca.get(), NID_key_usage, "critical,digitalSignature");
  add_extension(server.get(), ca.get(), NID_ext_key_usage, "serverAuth");
  add_extension(server.get(), ca.get(), NID_authority_key_identifier, "keyid");
  add_extension(server.get(), ca.get(), NID_subject_alt_name, alternative_names(names));
  X509_sign(server.get(), ca_key.get(), EVP_sha256());
  write_key(files.key, key.get());
  write_certificate(files.certificate, server.get());
}

/// A hub that was killed between two files leaves a key that is not its certificate's.
bool fits(X509* certificate, const std::filesystem::path& key_path) {
  const Key key = read_key(key_path);
  return key && X509_check_private_key(certificate, key.get()) == 1;
}

bool ca_is_good(const Authority& authority, Time now) {
  const Certificate ca = read_certificate(authority.certificate);
  return ca && fits(ca.get(), authority.key) && lasts(ca.get(), now);
}

bool server_is_good(const Server& files, const Authority& authority, const std::vector<std::string>& names, Time now) {
  const Certificate ca = read_certificate(authority.certificate);
  const Certificate server = read_certificate(files.certificate);
  return ca && server && X509_verify(server.get(), X509_get0_pubkey(ca.get())) == 1 && fits(server.get(), files.key) &&
         lasts(server.get(), now) &&
         std::all_of(names.begin(), names.end(), [&](const std::string& name) { return covers(server.get(), name); });
}

}  // namespace

Certificates ensure_certificates(const std::filesystem::path& folder, const std::vector<std::string>& names, Time now) {
  const Certificates files{folder / "ca.pem", folder / "server.pem", folder / "server.key", folder / "server-rsa.pem",
                           folder / "server-rsa.key"};
  const Authority authority{files.ca, folder / "ca.key"};
  if (!ca_is_good(authority, now)) make_ca(authority.certificate, authority.key, now);
  for (const Server& server : {Server{files.server, files.server_key, new_ec_key},
                               Server{files.rsa_server, files.rsa_server_key, new_rsa_key}}) {
    if (!server_is_good(server, authority, names, now)) make_server(server, authority, names, now);
    keep_for_owner(server.key);
  }
  keep_for_owner(authority.key);
  return files;
}

}  // namespace fwctl::localhub
