#include "lib/localhub/service/aside.hpp"

#include "lib/localhub/service/responses.hpp"

namespace fwctl::localhub {

void Aside::run(Work work, std::function<void(HttpResponse)> done) {
  const Time now = core_.clock.now();
  if (!readers_) return done(response_or_error([&] { return work(core_.database); }, now));
  core_.options.run_aside([readers = readers_, work = std::move(work), done = std::move(done), now] {
    HttpResponse response = response_or_error([&] { return readers->with(work); }, now);
    return std::function<void()>([done, response = std::move(response)] { done(response); });
  });
}

}  // namespace fwctl::localhub
