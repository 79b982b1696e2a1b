#pragma once

#include <functional>
#include <iosfwd>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/common/environment.hpp"
#include "fwctl/iothub/transport.hpp"

namespace fwctl::cli {

/// Where a program's environment and standard input are.
struct Surroundings {
  const Environment& env;
  std::istream& in;
};

/// Where a user may have put a connection string: on the line, in a file that the line names, or in variables, the
/// first of which that is set counts. The last variable is the one that hints name.
struct ConnectionPlaces {
  struct Variable {
    const char* name;
    bool names_file = false;
  };
  std::string text;
  std::string file;
  std::vector<Variable> variables;
};

/// The connection string, without blanks around it. Throws UsageError when there is none. `warn` takes a line for
/// people.
std::string find_connection_string(const ConnectionPlaces& places, const Surroundings& around,
                                   const std::function<void(const std::string&)>& warn);

/// PEM of the trusted roots, from a file that the line names or SSL_CERT_FILE; empty: the machine's own. Throws
/// UsageError for a file that can't be read, and for one on the line that holds none.
std::string load_roots(const std::string& ca_file, const Surroundings& around);

/// The proxy for a host (its port does not matter), or an empty text. As curl does: https_proxy before HTTPS_PROXY,
/// and everything goes through it, loopback included, but what no_proxy names: `*`, or hosts and their subdomains.
std::string proxy_for(std::string_view host, const Environment& env);

/// How a hub is reached: trusted roots and proxy. Throws UsageError for an unreadable CA file or proxy.
iothub::HttpOptions http_options(const std::string& host, const std::string& ca_file, const Surroundings& around,
                                 std::stop_token stop);

/// `host` of `host:port`, `[::1]` of `[::1]:8443`.
std::string without_port(std::string_view host);
/// `host` of `host:port`, `::1` of `[::1]:8443`: what sockets connect to.
std::string bare_host(std::string_view host);

}  // namespace fwctl::cli
