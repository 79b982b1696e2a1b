#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace fwctl::device {

/// One set of trusted roots for all connections of a process: reading them costs more than a handshake.
class TlsContext {
 public:
  /// Certificates must chain to `ca_pem` (empty: the machine's roots) and name `host`. Throws Error.
  TlsContext(const std::string& ca_pem, const std::string& host);

  SSL_CTX* get() const { return context_.get(); }

  /// Why the last certificate that did not verify did not; empty when none has since the last call.
  std::string take_fault();

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  std::unique_ptr<SSL_CTX, Free> context_;
  std::string fault_;
};

}  // namespace fwctl::device
