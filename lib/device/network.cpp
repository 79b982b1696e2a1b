#include "fwctl/device/network.hpp"

#include <fmt/core.h>
#include <mosquitto.h>
#include <sys/resource.h>

#include "fwctl/base/error.hpp"
#include "lib/device/event_loop.hpp"
#include "lib/device/mosquitto_link.hpp"
#include "lib/device/tls_context.hpp"

namespace fwctl::device {

class Network::Impl {
 public:
  Impl(NetworkOptions given, Timers& given_timers)
      : options(std::move(given)), timers(given_timers), tls(options.ca_pem, options.host), loop(timers) {
    mosquitto_lib_init();
  }
  ~Impl() { mosquitto_lib_cleanup(); }

  NetworkOptions options;
  Timers& timers;
  TlsContext tls;
  EventLoop loop;
};

Network::Network(NetworkOptions options, Timers& timers) : impl_(std::make_unique<Impl>(std::move(options), timers)) {}
Network::~Network() = default;

std::unique_ptr<MqttLink> Network::make_link() {
  return std::make_unique<MosquittoLink>(impl_->options, impl_->loop, impl_->tls, impl_->timers);
}

void Network::run() { impl_->loop.run(); }
void Network::stop() { impl_->loop.stop(); }

void make_room_for_links(std::size_t links) {
  constexpr rlim_t each = 3;
  constexpr rlim_t others = 64;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= each * links + others) return;
  throw UsageError(fmt::format("{} devices need {} open files, and the system allows {}", links, each * links + others,
                               limit.rlim_cur),
                   fmt::format("raise it (ulimit -Hn), or run {} devices at most",
                               limit.rlim_cur > others ? (limit.rlim_cur - others) / each : 0));
}

}  // namespace fwctl::device
