#include "cmd/common/connection.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <istream>

#include "cmd/common/files.hpp"
#include "fwctl/base/error.hpp"

namespace fwctl::cli {
namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

bool bypasses(std::string_view host, std::string_view entry) {
  while (!entry.empty() && entry.front() == '.') entry.remove_prefix(1);
  if (entry.empty() || !host.ends_with(entry)) return false;
  return host.size() == entry.size() || host[host.size() - entry.size() - 1] == '.';
}

std::vector<std::string> split_list(std::string_view list) {
  std::vector<std::string> entries;
  std::string entry;
  for (const char c : list) {
    if (c != ',' && c != ' ') {
      entry += c;
    } else if (!entry.empty()) {
      entries.push_back(std::exchange(entry, {}));
    }
  }
  if (!entry.empty()) entries.push_back(entry);
  return entries;
}

std::string first_set(const Environment& env, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::string value = env(name).value_or(""); !value.empty()) return value;
  }
  return {};
}

std::string without_brackets(std::string host) {
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') return host.substr(1, host.size() - 2);
  return host;
}

}  // namespace

std::string find_connection_string(const ConnectionPlaces& places, const Surroundings& around,
                                   const std::function<void(const std::string&)>& warn) {
  const std::string where = fmt::format("set {}, or name a file with --connection-string-file (- is standard input)",
                                        places.variables.back().name);
  const auto from_file = [&](const std::string& path) {
    return trimmed(read_text(path, around.in, "the connection string"));
  };
  if (!places.text.empty()) {
    warn(fmt::format("warning: ps can see --connection-string; {}", where));
    return trimmed(places.text);
  }
  if (!places.file.empty()) return from_file(places.file);
  for (const auto& variable : places.variables) {
    const std::string value = trimmed(around.env(variable.name).value_or(""));
    if (!value.empty()) return variable.names_file ? from_file(value) : value;
  }
  throw UsageError("no connection string", where);
}

std::string load_roots(const std::string& ca_file, const Surroundings& around) {
  if (!ca_file.empty()) {
    std::string pem = read_text(ca_file, around.in, "the CA file");
    if (pem.find("-----BEGIN ") == std::string::npos) {
      throw UsageError(fmt::format("the CA file {} holds no certificate in PEM", ca_file));
    }
    return pem;
  }
  const std::string path = around.env("SSL_CERT_FILE").value_or("");
  if (path.empty()) return {};
  // An empty file trusts nobody; an empty text would mean the machine's own roots.
  const std::string pem = read_text(path, around.in, "SSL_CERT_FILE");
  return pem.empty() ? "\n" : pem;
}

std::string without_port(std::string_view host) {
  const auto colon = host.rfind(':');
  const bool has_port = colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos &&
                        (host.front() == '[' || host.find(':') == colon);
  return std::string(has_port ? host.substr(0, colon) : host);
}

std::string bare_host(std::string_view host) { return without_brackets(without_port(host)); }

std::string proxy_for(std::string_view host, const Environment& env) {
  std::string proxy = first_set(env, {"https_proxy", "HTTPS_PROXY"});
  if (proxy.empty()) return {};
  const std::string name = lower(bare_host(host));
  for (const std::string& entry : split_list(lower(first_set(env, {"no_proxy", "NO_PROXY"})))) {
    if (entry == "*" || bypasses(name, without_brackets(entry))) return {};
  }
  const auto scheme = proxy.find("://");
  if (scheme == std::string::npos) return "http://" + proxy;
  if (lower(proxy.substr(0, scheme)) != "http") {
    throw UsageError("HTTPS_PROXY names a proxy that is not http://", "put the host into NO_PROXY to go past it");
  }
  return proxy;
}

iothub::HttpOptions http_options(const std::string& host, const std::string& ca_file, const Surroundings& around,
                                 std::stop_token stop) {
  if (host.starts_with('[')) {
    throw UsageError("HostName is an IPv6 address, which cpprestsdk can't look up", "give the hub by a name");
  }
  iothub::HttpOptions options;
  options.host = host;
  options.ca_pem = load_roots(ca_file, around);
  options.proxy = proxy_for(host, around.env);
  options.stop = std::move(stop);
  return options;
}

}  // namespace fwctl::cli
