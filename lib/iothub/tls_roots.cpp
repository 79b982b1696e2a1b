#include "lib/iothub/tls_roots.hpp"

#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

namespace fwctl::iothub {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};

int add_certificates(X509_STORE* store, const std::string& pem) {
  const std::unique_ptr<BIO, FreeBio> in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  int count = 0;
  while (X509* certificate = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)) {
    count += X509_STORE_add_cert(store, certificate);
    X509_free(certificate);
  }
  return count;
}

}  // namespace

TlsRoots::TlsRoots(const std::string& pem) : store_(X509_STORE_new()) {
  if (pem.empty()) {
    // The built-in paths, and not those of the environment: the transport overwrites the variables.
    X509_STORE_load_file(store_.get(), X509_get_default_cert_file());
    X509_STORE_load_path(store_.get(), X509_get_default_cert_dir());
  } else {
    add_certificates(store_.get(), pem);
  }
}

void TlsRoots::apply(SSL_CTX* context) {
  X509_STORE_up_ref(store_.get());
  SSL_CTX_set_cert_store(context, store_.get());
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cert_verify_callback(context, &TlsRoots::verify, this);
}

int TlsRoots::verify(X509_STORE_CTX* chain, void* self) {
  const int good = X509_verify_cert(chain);
  if (good != 1) static_cast<TlsRoots*>(self)->last_failure_ = X509_STORE_CTX_get_error(chain);
  return good;
}

}  // namespace fwctl::iothub
