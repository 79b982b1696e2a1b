#include "lib/localhub/front/connection_limits.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace fwctl::localhub {
namespace {

constexpr std::size_t most_https = 1000;
constexpr std::size_t reserve = 64;  // the store and its readers, the listening sockets, the log
constexpr std::size_t fewest_devices = 16;

}  // namespace

ConnectionLimits share_out(std::size_t descriptors) {
  const std::size_t https = std::min(most_https, descriptors / 4);
  return {https, std::max(fewest_devices, descriptors - std::min(descriptors, https + reserve))};
}

std::size_t most_descriptors() {
  constexpr std::size_t more_than_a_process_has = 1'000'000;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return more_than_a_process_has;
  return std::min<std::size_t>(limit.rlim_cur, more_than_a_process_has);
}

}  // namespace fwctl::localhub
