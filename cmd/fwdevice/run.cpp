#include <fmt/core.h>

#include <optional>
#include <ostream>
#include <stop_token>
#include <utility>

#include "cmd/common/connection.hpp"
#include "cmd/fwdevice/commands.hpp"
#include "cmd/fwdevice/state_file.hpp"
#include "fwctl/base/duration.hpp"
#include "fwctl/base/error.hpp"
#include "fwctl/device/network.hpp"
#include "fwctl/device/simulated_device.hpp"

namespace fwctl::device::cli {

using fwctl::cli::bare_host;

namespace {

/// Prints what the device does, keeps its state, and ends the program when there is no point in going on.
class Narrator final : public DeviceObserver {
 public:
  Narrator(World& world, StateFile file, Network& network) : world_(world), file_(std::move(file)), network_(network) {}

  void on_say(const Say& say) override { (say.error ? world_.err : world_.out) << say.text << std::endl; }
  void on_save(const UpdateState& state) override { file_.save(state); }
  void on_online() override {
    if (std::exchange(was_online_, true)) world_.err << "fwdevice: connected again" << std::endl;
  }

  void on_loss(const LinkLoss& loss, std::chrono::milliseconds next_try) override {
    if (!was_online_ && loss.kind == LinkLoss::Kind::untrusted) {
      return end(ExitCode::failed, loss.text, "name the right roots with --ca-file or SSL_CERT_FILE");
    }
    if (!was_online_ && loss.kind == LinkLoss::Kind::refused && ++refusals_ == 2) {
      return end(ExitCode::denied, "the hub refuses the device: " + loss.text,
                 "check device id and key, that the device is enabled, and this machine's clock");
    }
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(next_try);
    world_.err << fmt::format("fwdevice: not connected: {}; next try in {}", loss.text, format_duration(seconds))
               << std::endl;
  }

  ExitCode code() const { return code_; }

 private:
  void end(ExitCode code, const std::string& why, const std::string& hint) {
    world_.err << "fwdevice: " << why << "\nhint: " << hint << std::endl;
    code_ = code;
    network_.stop();
  }

  World& world_;
  StateFile file_;
  Network& network_;
  bool was_online_ = false;
  int refusals_ = 0;
  ExitCode code_ = ExitCode::ok;
};

}  // namespace

ExitCode run_device(const RunArguments& arguments, World& world) {
  DeviceSettings settings;
  settings.connection =
      iothub::parse_device_connection(connection_text(arguments.common, world, "IOTHUB_DEVICE_CONNECTION_STRING"));
  settings.connection.host_name = bare_host(settings.connection.host_name);
  settings.update = UpdateSettings{}.scaled(arguments.common.time_scale);
  settings.agent = "fwdevice/" FWCTL_VERSION;
  const std::string gateway = bare_host(settings.connection.gateway_host_name);

  const StateFile file(arguments.state_file);
  Timers timers(world.clock);
  ConnectGate gate(1);
  Network network({.host = gateway.empty() ? settings.connection.host_name : gateway,
                   .port = arguments.common.mqtt_port,
                   .ca_pem = fwctl::cli::load_roots(arguments.common.ca_file, {world.env, world.in})},
                  timers);
  Narrator narrator(world, file, network);
  const auto link = network.make_link();
  SimulatedDevice device(settings, file.load(arguments.common.firmware_version),
                         {world.clock, timers, gate, world.jitter}, *link, narrator);
  const std::stop_callback on_stop(world.stop, [&network] { network.stop(); });
  device.start();
  network.run();
  device.stop();
  return narrator.code();
}

}  // namespace fwctl::device::cli
