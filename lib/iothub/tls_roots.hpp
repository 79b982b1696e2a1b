#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <memory>
#include <string>

namespace fwctl::iothub {

/// The trusted roots, parsed once and shared by every connection, and why the last verification failed: cpprestsdk
/// itself parses the machine's bundle for each connection (25 ms) and says of a failure only that there was one.
class TlsRoots {
 public:
  /// `pem` empty: the machine's own roots. A text without a certificate trusts nobody.
  explicit TlsRoots(const std::string& pem);

  /// Sets roots, TLS 1.2 or later, and the note of failures on a connection's context.
  void apply(SSL_CTX* context);

  /// X509_V_OK, or what X509_verify_cert said last.
  int last_failure() const { return last_failure_; }
  void forget_failure() { last_failure_ = X509_V_OK; }

 private:
  static int verify(X509_STORE_CTX* chain, void* self);

  struct Free {
    void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  };
  std::unique_ptr<X509_STORE, Free> store_;
  std::atomic<int> last_failure_{X509_V_OK};
};

}  // namespace fwctl::iothub
