#include "cmd/fwctl/connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <istream>
#include <iterator>
#include <vector>

#include "fwctl/base/error.hpp"

namespace fwctl::cli {
namespace {

constexpr const char* where_from =
    "set IOTHUB_CONNECTION_STRING, or name a file with --connection-string-file (- is standard input)";

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

using Warn = std::function<void(const std::string&)>;

std::string connection_text(const Settings& settings, const World& world, const Warn& warn) {
  const auto env = [&](const char* name) { return world.env(name).value_or(""); };
  const auto from_file = [&](const std::string& path) { return read_text(path, world.in, "the connection string"); };

  if (!settings.connection_string.empty()) {
    warn(fmt::format("warning: ps can see --connection-string; {}", where_from));
    return settings.connection_string;
  }
  if (!settings.connection_string_file.empty()) return from_file(settings.connection_string_file);
  if (const std::string text = env("FWCTL_CONNECTION_STRING"); !text.empty()) return text;
  if (const std::string path = env("FWCTL_CONNECTION_STRING_FILE"); !path.empty()) return from_file(path);
  return env("IOTHUB_CONNECTION_STRING");
}

std::string load_roots(const Settings& settings, const World& world) {
  if (!settings.ca_file.empty()) {
    std::string pem = read_text(settings.ca_file, world.in, "the CA file");
    if (pem.find("-----BEGIN ") == std::string::npos) {
      throw UsageError(fmt::format("the CA file {} holds no certificate in PEM", settings.ca_file));
    }
    return pem;
  }
  const std::string path = world.env("SSL_CERT_FILE").value_or("");
  if (path.empty()) return {};
  // An empty file trusts nobody; an empty text would mean the machine's own roots.
  const std::string pem = read_text(path, world.in, "SSL_CERT_FILE");
  return pem.empty() ? "\n" : pem;
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

std::string without_brackets(std::string host) {
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') return host.substr(1, host.size() - 2);
  return host;
}

std::string first_set(const Environment& env, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::string value = env(name).value_or(""); !value.empty()) return value;
  }
  return {};
}

}  // namespace

std::ifstream open_file(const std::string& path, std::string_view what) {
  std::ifstream file(path, std::ios::binary);
  // A folder opens like a file, and can't be read.
  if (!file.is_open() || std::filesystem::is_directory(path)) {
    throw UsageError(fmt::format("cannot read {} from {}", what, path));
  }
  return file;
}

std::string read_text(const std::string& path, std::istream& in, std::string_view what) {
  if (path == "-") return {std::istreambuf_iterator<char>(in), {}};
  std::ifstream file = open_file(path, what);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string without_port(std::string_view host) {
  const auto colon = host.rfind(':');
  const bool has_port = colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos &&
                        (host.front() == '[' || host.find(':') == colon);
  return std::string(has_port ? host.substr(0, colon) : host);
}

iothub::ServiceConnection load_connection(const Settings& settings, const World& world, const Warn& warn) {
  const std::string text = trimmed(connection_text(settings, world, warn));
  if (text.empty()) throw UsageError("no connection string", where_from);
  return iothub::parse_service_connection(text);
}

std::string proxy_for(std::string_view host, const Environment& env) {
  std::string proxy = first_set(env, {"https_proxy", "HTTPS_PROXY"});
  if (proxy.empty()) return {};
  const std::string name = lower(without_brackets(without_port(host)));
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

iothub::HttpOptions http_options(const iothub::ServiceConnection& connection, const Settings& settings,
                                 const World& world) {
  iothub::HttpOptions options;
  options.host = connection.host_name;
  options.ca_pem = load_roots(settings, world);
  options.proxy = proxy_for(connection.host_name, world.env);
  options.stop = world.stop;
  return options;
}

}  // namespace fwctl::cli
