#include "cmd/fwhub/options.hpp"

#include <CLI/CLI.hpp>
#include <ostream>

namespace fwctl::fwhub {
namespace {

constexpr int usage_error = 2;

void describe(CLI::App& app, localhub::ServerOptions& serve) {
  app.set_version_flag("--version", "fwhub " FWCTL_VERSION);
  app.require_subcommand(1);
  CLI::App* command = app.add_subcommand("serve", "Serve a hub on this machine until SIGTERM or Ctrl-C");
  command
      ->add_option("--data-dir", serve.data_dir, "Where twins, jobs, keys and certificates are kept; made when missing")
      ->capture_default_str();
  command->add_option("--https-port", serve.https_port, "Port for services; 0: a free one; SDKs need 443")
      ->capture_default_str();
  command->add_option("--mqtt-port", serve.mqtt_port, "Port for devices; 0: a free one")->capture_default_str();
  command
      ->add_option("--listen", serve.address, "Address to listen on; another one than loopback opens the hub to others")
      ->capture_default_str();
  command->add_option("--host-name", serve.host_names, "A further name of this hub, for its certificate and tokens");
  command
      ->add_option("--job-pace", serve.job_devices_per_second,
                   "Devices that a job writes each second; 0: as fast as it can; a real S1 hub: 10")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  command->footer(
      "Prints one JSON line when it is ready: {connectionString, caFile, httpsPort, mqttPort, pid}.\n"
      "Example:\n  fwhub serve --data-dir hub --https-port 0 --mqtt-port 0");
  app.footer("It is for tests and demos. The hub of a real fleet is Azure IoT Hub.");
}

}  // namespace

Parsed parse(const std::vector<std::string>& arguments, const std::string& default_data_dir, std::ostream& out,
             std::ostream& err) {
  Parsed parsed;
  parsed.serve.data_dir = default_data_dir;
  CLI::App app("fwhub: a stand-in Azure IoT Hub for one machine", "fwhub");
  describe(app, parsed.serve);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& answered) {
    parsed.exit_code = app.exit(answered, out, err);
  } catch (const CLI::ParseError& error) {
    err << "fwhub: " << error.what() << "\nhint: fwhub serve --help\n";
    parsed.exit_code = usage_error;
  }
  return parsed;
}

}  // namespace fwctl::fwhub
