#include "cmd/fwhub/options.hpp"

#include <CLI/CLI.hpp>
#include <ostream>
#include <type_traits>

#include "fwctl/base/error.hpp"

namespace fwctl::fwhub {
namespace {

constexpr int usage_error = 2;

/// A switch each option, in a group of their own.
void describe_switches(CLI::App& command, localhub::ServerOptions& serve) {
  constexpr const char* group = "Quotas and faults (all off)";
  for (const localhub::SwitchField& field : localhub::switch_fields()) {
    std::visit(
        [&](auto member) {
          auto& value = serve.switches.*member;
          CLI::Option* option = nullptr;
          if constexpr (std::is_same_v<std::decay_t<decltype(value)>, bool>) {
            option = command.add_flag(field.option, value, field.help);
          } else {
            option = command.add_option(field.option, value, field.help)->capture_default_str();
          }
          option->group(group);
        },
        field.member);
  }
  command
      .add_option("--switches", serve.switches_file,
                  "JSON file of them, which goes before the options and is read again when it changes")
      ->group(group);
  command
      .add_option("--control-port", serve.control_port,
                  "Port on 127.0.0.1, plain HTTP, that changes them while the hub runs; 0: a free one")
      ->group(group);
}

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
  describe_switches(*command, serve);
  command->footer(
      "Prints one JSON line when it is ready: {connectionString, caFile, httpsPort, mqttPort, pid},\n"
      "and controlUrl with --control-port.\n"
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
    localhub::check(parsed.serve.switches);
  } catch (const CLI::Success& answered) {
    parsed.exit_code = app.exit(answered, out, err);
  } catch (const CLI::ParseError& error) {
    err << "fwhub: " << error.what() << "\nhint: fwhub serve --help\n";
    parsed.exit_code = usage_error;
  } catch (const Error& error) {
    err << "fwhub: " << error.what() << "\nhint: fwhub serve --help\n";
    parsed.exit_code = usage_error;
  }
  return parsed;
}

}  // namespace fwctl::fwhub
