#include "fwctl/iothub/sas.hpp"
#include "fwctl/iothub/transport.hpp"
#include "lib/iothub/wire_names.hpp"

namespace fwctl::iothub {
namespace {

class SasTransport final : public Transport {
 public:
  SasTransport(std::unique_ptr<Transport> next, ServiceConnection connection, const Clock& clock,
               std::chrono::seconds token_life)
      : next_(std::move(next)), connection_(std::move(connection)), clock_(clock), life_(token_life) {}

  HttpResponse send(const Call& call) override {
    Call signed_call = call;
    signed_call.request.headers[wire::authorization] = token();
    return next_->send(signed_call);
  }

 private:
  const std::string& token() {
    const Time now = clock_.now();
    const bool fresh = now < expires_ - life_ / 10 && now > expires_ - life_ * 2;  // the clock may have been set back
    if (!fresh) {
      expires_ = now + life_;
      token_ = make_sas_token(connection_.host_name, connection_.key, connection_.policy, expires_);
    }
    return token_;
  }

  std::unique_ptr<Transport> next_;
  ServiceConnection connection_;
  const Clock& clock_;
  std::chrono::seconds life_;
  Time expires_{};
  std::string token_;
};

}  // namespace

std::unique_ptr<Transport> with_sas_token(std::unique_ptr<Transport> next, ServiceConnection connection,
                                          const Clock& clock, std::chrono::seconds token_life) {
  return std::make_unique<SasTransport>(std::move(next), std::move(connection), clock, token_life);
}

}  // namespace fwctl::iothub
