#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "fwctl/base/clock.hpp"

namespace fwctl::localhub {

/// PEM files in the data folder; keys are readable by their owner only.
struct Certificates {
  std::filesystem::path ca;      // what clients are to trust
  std::filesystem::path server;  // certificate for every name, signed by the CA
  std::filesystem::path server_key;
  std::filesystem::path rsa_server;  // another, for devices that offer ECDHE-RSA alone, as the real hub's docs advise
  std::filesystem::path rsa_server_key;
};

/// Makes a CA and its server certificates when they are missing, damaged or not each other's, or a month is left of
/// their life; and new server certificates when `names` has one that they do not cover. Names that are IP addresses
/// become IP entries. Throws Error.
Certificates ensure_certificates(const std::filesystem::path& folder, const std::vector<std::string>& names, Time now);

}  // namespace fwctl::localhub
