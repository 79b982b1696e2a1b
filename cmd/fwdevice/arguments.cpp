#include "cmd/fwdevice/arguments.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "fwctl/base/error.hpp"

namespace fwctl::device::cli {
namespace {

constexpr std::size_t largest_fleet = 100'000;
constexpr double largest_scale = 100'000;

constexpr const char* run_examples =
    "Prints what the device does on stdout, trouble on stderr. Ends with 0 when stopped (SIGINT, SIGTERM), with 4 "
    "when\n"
    "the hub refuses the device at its first connection.\n\n"
    "Example:\n"
    "  export "
    "IOTHUB_DEVICE_CONNECTION_STRING='HostName=contoso.azure-devices.net;DeviceId=chiller-1;SharedAccessKey=…'\n"
    "  fwdevice run --state-file chiller-1.json";

constexpr const char* fleet_examples =
    "One JSON line a second on stdout:\n"
    "  {\"time\",\"devices\",\"connected\",\"phases\":{\"current\",\"downloading\",…},\"versions\":{\"1.0.0\":…}}\n"
    "connected: devices whose state the hub has; phases and versions: what each device itself knows of its\n"
    "fwUpdateStatus and of the firmware it runs, connected or not. Shares are exact, rounded to whole devices, and "
    "which\n"
    "devices they hit follows from --seed. Devices that exist already keep their keys and get the tags; all\nstart out "
    "on --firmware-version.\n"
    "Runs until SIGINT or SIGTERM (exit code 0); a second one ends it at once.\n\n"
    "Examples:\n"
    "  export IOTHUB_CONNECTION_STRING='HostName=contoso.azure-devices.net;SharedAccessKeyName=…;SharedAccessKey=…'\n"
    "  fwdevice fleet --count 100 --prefix chiller- --tags '{\"devicetype\":\"chiller\"}' --time-scale 100\n"
    "  fwdevice fleet --count 1000 --seed 7 --error-share 3% --hang-share 2% --offline-share 5% --lie-share 1%";

std::string check_percentage(const std::string& text) {
  const bool percent = text.size() > 1 && text.ends_with('%');
  double value = -1;
  const bool number = percent && CLI::detail::lexical_cast(text.substr(0, text.size() - 1), value);
  return number && value >= 0 && value <= 100 ? "" : "takes a percentage such as 3%, not '" + text + "'";
}

std::string check_scale(const std::string& text) {
  double value = 0;
  const bool number = CLI::detail::lexical_cast(text, value) && std::isfinite(value);
  return number && value > 0 && value <= largest_scale ? "" : "takes a number above 0, such as 100";
}

std::string check_tags(const std::string& text) {
  const bool object = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false).is_object();
  return object ? "" : "takes a JSON object such as {\"devicetype\":\"chiller\"}";
}

void add_common(CLI::App& app, CommonArguments& common, const char* variable) {
  app.add_option("--connection-string-file", common.connection_string_file,
                 fmt::format("Read the connection string from a file; - is stdin (else: {})", variable));
  app.add_option("--connection-string", common.connection_string, "The connection string itself; ps can see it");
  app.add_option("--ca-file", common.ca_file, "Trusted roots, PEM (else: SSL_CERT_FILE, the machine's own)");
  app.add_option("--mqtt-port", common.mqtt_port, "Port of MQTT over TLS")
      ->check(CLI::Range(1, 65'535))
      ->capture_default_str();
  app.add_option("--time-scale", common.time_scale, "Phases are this many times shorter")
      ->check(check_scale)
      ->capture_default_str();
  app.add_option("--firmware-version", common.firmware_version, "What a device runs at first")
      ->check([](const std::string& text) { return text.empty() ? "must not be empty" : std::string{}; })
      ->capture_default_str();
}

void add_share(CLI::App& app, const std::string& name, double& share, const std::string& help) {
  app.add_option_function<std::string>(
         name, [&share](const std::string& text) { share = std::stod(text.substr(0, text.size() - 1)) / 100; }, help)
      ->check(check_percentage)
      ->type_name("PERCENT");
}

CLI::App* add_run(CLI::App& root, RunArguments& run) {
  CLI::App* app = root.add_subcommand("run", "One device, by its connection string");
  add_common(*app, run.common, "IOTHUB_DEVICE_CONNECTION_STRING");
  app->add_option("--state-file", run.state_file,
                  "Keep the installed version and an update under way here over a restart");
  app->footer(run_examples);
  return app;
}

CLI::App* add_fleet(CLI::App& root, FleetArguments& fleet) {
  CLI::App* app = root.add_subcommand("fleet", "Many devices in one process, registered first");
  app->add_option("--count", fleet.count, "How many devices")
      ->required()
      ->check(CLI::Range(std::size_t{1}, largest_fleet));
  app->add_option("--prefix", fleet.prefix, "Device ids are this and a number")->capture_default_str();
  app->add_option("--tags", fleet.tags, "Tags of each twin, a JSON object")->check(check_tags)->type_name("JSON");
  app->add_option("--seed", fleet.seed, "Chooses who misbehaves")->capture_default_str();
  add_share(*app, "--error-share", fleet.shares.fail, "Their image does not verify: error, then rolledback");
  add_share(*app, "--hang-share", fleet.shares.hang, "They stop for ever in some phase");
  add_share(*app, "--offline-share", fleet.shares.vanish,
            "They vanish in some phase; every second one comes back after the time of two updates");
  add_share(*app, "--lie-share", fleet.shares.lie, "They report current and an end time, but run the old version");
  add_common(*app, fleet.common, "IOTHUB_CONNECTION_STRING");
  app->add_option("-o,--output", "Form of the lines on stdout: jsonl")
      ->check(CLI::IsMember({"jsonl"}))
      ->default_str("jsonl");
  app->footer(fleet_examples);
  return app;
}

}  // namespace

Arguments parse_arguments(const std::vector<std::string>& arguments) {
  RunArguments run;
  FleetArguments fleet;
  CLI::App root{"A simulated device, or a fleet of them, that carries out firmware updates.", "fwdevice"};
  root.require_subcommand(1)->set_help_flag("-h,--help", "Show help and exit");
  root.set_version_flag("--version", "fwdevice " FWCTL_VERSION);
  root.footer("Examples: fwdevice run --help, fwdevice fleet --help");
  const CLI::App* run_app = add_run(root, run);
  add_fleet(root, fleet);
  try {
    root.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    return root.help();
  } catch (const CLI::CallForVersion& version) {
    return std::string(version.what()) + "\n";
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what(), "see fwdevice --help");
  }
  if (run_app->parsed()) return run;
  return fleet;
}

}  // namespace fwctl::device::cli
