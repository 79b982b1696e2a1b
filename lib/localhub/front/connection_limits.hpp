#pragma once

#include <cstddef>

namespace fwctl::localhub {

/// How many connections of either kind there may be at a time.
struct ConnectionLimits {
  std::size_t https;
  std::size_t devices;
};

/// Shares out `descriptors`, so that devices leave room for services, services for devices, and both for the store.
ConnectionLimits share_out(std::size_t descriptors);

/// The descriptors that this process may have.
std::size_t most_descriptors();

}  // namespace fwctl::localhub
