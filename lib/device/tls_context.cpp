#include "lib/device/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <utility>

#include "fwctl/base/error.hpp"

namespace fwctl::device {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

void trust(SSL_CTX* context, const std::string& pem) {
  const std::unique_ptr<BIO, FreeBio> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  int count = 0;
  while (const std::unique_ptr<X509, FreeCertificate> certificate{
      PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get());
    ++count;
  }
  ERR_clear_error();
  if (count == 0) throw Error("the CA file holds no certificate in PEM form");
}

int remember_fault(int verified, X509_STORE_CTX* store) {
  if (verified == 1) return 1;
  const auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* fault = static_cast<std::string*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  *fault = X509_verify_cert_error_string(X509_STORE_CTX_get_error(store));
  return 0;
}

}  // namespace

TlsContext::TlsContext(const std::string& ca_pem, const std::string& host)
    : context_(SSL_CTX_new(TLS_client_method())) {
  if (!context_) throw Error("the TLS library gives no context");
  SSL_CTX* context = context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_mode(context,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  if (ca_pem.empty()) {
    // The built-in paths, and not those of the environment, which the HTTP client overwrites.
    SSL_CTX_load_verify_file(context, X509_get_default_cert_file());
    SSL_CTX_load_verify_dir(context, X509_get_default_cert_dir());
  } else {
    trust(context, ca_pem);
  }
  X509_VERIFY_PARAM* rules = SSL_CTX_get0_param(context);
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) != 1) {
    ERR_clear_error();
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size()) != 1) throw Error("not a host name: " + host);
  }
  SSL_CTX_set_app_data(context, &fault_);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, remember_fault);
}

std::string TlsContext::take_fault() { return std::exchange(fault_, {}); }

}  // namespace fwctl::device
