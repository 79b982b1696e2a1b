#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "cmd/common/process.hpp"
#include "cmd/common/signals.hpp"
#include "cmd/fwhub/options.hpp"
#include "fwctl/base/error.hpp"

namespace {

std::string default_data_dir() {
  const auto state = fwctl::cli::environment("XDG_STATE_HOME").value_or("");
  const auto home = fwctl::cli::environment("HOME").value_or("");
  return (state.empty() ? home + "/.local/state" : state) + "/fwhub";
}

/// One descriptor a device: as many as the machine gives.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void announce(const fwctl::localhub::Server& server) {
  nlohmann::ordered_json line{{"connectionString", server.connection_string()},
                              {"caFile", server.ca_file()},
                              {"httpsPort", server.https_port()},
                              {"mqttPort", server.mqtt_port()},
                              {"pid", getpid()}};
  if (server.control_port() != 0) line["controlUrl"] = "http://127.0.0.1:" + std::to_string(server.control_port());
  std::cout << line.dump() << std::endl;  // flushed: whoever started us waits for it
}

void serve(const fwctl::localhub::ServerOptions& options, const fwctl::cli::Signals& signals) {
  const fwctl::SystemClock clock;
  const auto log = spdlog::stderr_logger_st("fwhub");
  fwctl::localhub::Server server(options, clock, [&log](const std::string& line) { log->warn(line); });
  announce(server);
  const std::stop_callback stop(signals.token(), [&server] { server.stop(); });
  server.run();
}

}  // namespace

int main(int argc, char** argv) {
  static const fwctl::cli::Signals signals;
  const auto parsed = fwctl::fwhub::parse({argv + 1, argv + argc}, default_data_dir(), std::cout, std::cerr);
  if (parsed.exit_code) return *parsed.exit_code;
  raise_descriptor_limit();
  try {
    serve(parsed.serve, signals);
  } catch (const fwctl::Error& error) {
    std::cerr << "fwhub: " << error.what() << '\n';
    if (!error.hint().empty()) std::cerr << "hint: " << error.hint() << '\n';
    return EXIT_FAILURE;
  } catch (const std::exception& error) {
    std::cerr << "fwhub: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
