#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>

namespace fwctl::localhub {

template <auto Free>
struct OpensslDeleter {
  template <typename Value>
  void operator()(Value* value) const {
    Free(value);
  }
};
using Key = std::unique_ptr<EVP_PKEY, OpensslDeleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, OpensslDeleter<X509_free>>;

/// Written for their owner only, whatever the file was before. Throw Error.
void write_key(const std::filesystem::path& path, EVP_PKEY* key);
void write_certificate(const std::filesystem::path& path, X509* certificate);

/// Empty: it is missing or damaged.
Key read_key(const std::filesystem::path& path);
Certificate read_certificate(const std::filesystem::path& path);

/// Takes the file from whoever else may read it: a copied folder may have lost its modes.
void keep_for_owner(const std::filesystem::path& path);

}  // namespace fwctl::localhub
