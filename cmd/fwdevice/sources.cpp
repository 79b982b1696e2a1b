#include "cmd/fwdevice/sources.hpp"

#include <fmt/core.h>

#include <fstream>
#include <istream>
#include <iterator>
#include <ostream>

#include "fwctl/base/error.hpp"

namespace fwctl::device::cli {
namespace {

std::string read_text(const std::string& path, std::istream& in, std::string_view what) {
  if (path == "-") return {std::istreambuf_iterator<char>(in), {}};
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) throw UsageError(fmt::format("cannot read {} from {}", what, path));
  return text;
}

}  // namespace

std::string connection_text(const CommonArguments& common, const World& world, const std::string& variable) {
  const std::string where =
      fmt::format("set {}, or name a file with --connection-string-file (- is standard input)", variable);
  if (!common.connection_string.empty()) {
    world.err << "fwdevice: warning: ps can see --connection-string; " << where << '\n';
    return common.connection_string;
  }
  if (!common.connection_string_file.empty()) {
    return read_text(common.connection_string_file, world.in, "the connection string");
  }
  const std::string text = world.env(variable).value_or("");
  if (text.empty()) throw UsageError("no connection string", where);
  return text;
}

std::string load_roots(const CommonArguments& common, const World& world) {
  const std::string path = common.ca_file.empty() ? world.env("SSL_CERT_FILE").value_or("") : common.ca_file;
  if (path.empty()) return {};
  std::string pem = read_text(path, world.in, "trusted roots");
  if (pem.find("-----BEGIN ") == std::string::npos) throw UsageError(path + " holds no certificate in PEM");
  return pem;
}

std::string without_port(std::string_view host) {
  if (host.starts_with('[')) return std::string(host.substr(1, host.find(']') - 1));
  const auto colon = host.find(':');
  // More than one colon: an address of version 6 without brackets, and so without a port.
  if (colon == std::string_view::npos || host.find(':', colon + 1) != std::string_view::npos) return std::string(host);
  return std::string(host.substr(0, colon));
}

}  // namespace fwctl::device::cli
