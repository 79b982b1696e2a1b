#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "fwctl/iothub/transport.hpp"
#include "tests/support/fake_clock.hpp"

namespace fwctl::test {

/// Remembers what was sent and answers what the test says, `{}` without a word.
class RecordingTransport final : public iothub::Transport {
 public:
  using Answer = std::function<HttpResponse(const HttpRequest&)>;
  explicit RecordingTransport(std::vector<HttpRequest>& sent, Answer answer = {})
      : sent_(sent), answer_(std::move(answer)) {}

  HttpResponse send(const iothub::Call& call) override {
    sent_.push_back(call.request);
    return answer_ ? answer_(call.request) : HttpResponse{200, {}, "{}"};
  }

 private:
  std::vector<HttpRequest>& sent_;
  Answer answer_;
};

}  // namespace fwctl::test
