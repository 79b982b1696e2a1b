#include "fwctl/device/fleet.hpp"

#include <fmt/core.h>

#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <stop_token>

#include "cmd/common/connection.hpp"
#include "cmd/fwdevice/commands.hpp"
#include "fwctl/base/error.hpp"
#include "fwctl/base/iso8601.hpp"
#include "fwctl/device/network.hpp"
#include "fwctl/device/registration.hpp"

namespace fwctl::device::cli {

using fwctl::cli::bare_host;
using fwctl::cli::http_options;

namespace {

constexpr const char* agent = "fwdevice/" FWCTL_VERSION;
constexpr std::size_t handshakes_at_once = 64;
constexpr std::chrono::seconds line_interval{1};

std::vector<iothub::DeviceConnection> register_fleet(const FleetArguments& arguments,
                                                     const iothub::ServiceConnection& service, iothub::HttpOptions http,
                                                     World& world) {
  const auto say_retry = [&world](const std::string& reason, std::chrono::milliseconds) {
    world.err << "fwdevice: registering: " << reason << "; trying again" << std::endl;
  };
  const auto transport =
      iothub::with_retry(iothub::with_sas_token(world.connect(std::move(http)), service, world.clock), world.clock, {},
                         say_retry, world.jitter);
  iothub::HubClient hub(*transport, world.clock, agent);
  const auto ids = device_ids(arguments.prefix, arguments.count);
  const auto progress = [&](std::size_t done) {
    if (done % 1'000 == 0 || done == ids.size()) {
      world.err << fmt::format("fwdevice: {} of {} devices registered", done, ids.size()) << std::endl;
    }
  };
  return register_devices(hub, bare_host(service.host_name), ids, arguments.tags, progress);
}

/// Tells once a second how the fleet does, and of lost connections one line a reason.
class Reporter {
 public:
  Reporter(World& world, Network& network, Timers& timers) : world_(world), network_(network), timer_(timers) {}

  void start(const Fleet& fleet) {
    fleet_ = &fleet;
    timer_.start(line_interval, [this] { tick(); });
  }

  void on_loss(const std::string& device, const LinkLoss& loss) {
    if (!ever_connected_ && loss.kind == LinkLoss::Kind::untrusted) {
      untrusted_ = loss.text;
      network_.stop();
    }
    auto& [count, example] = losses_[loss.text];
    if (count++ == 0) example = device;
  }

  /// Throws when the fleet ended because nothing could work.
  void check() const {
    if (!untrusted_.empty()) throw Error(untrusted_, "name the right roots with --ca-file or SSL_CERT_FILE");
    if (!world_.out) throw Error("cannot write to standard output");
  }

 private:
  void tick() {
    timer_.start(line_interval, [this] { tick(); });
    const FleetCounts counts = fleet_->counts();
    if (counts.connected > 0) ever_connected_ = true;
    nlohmann::json line = to_json(counts);
    line["time"] = format_iso8601_millis(world_.clock.now());
    world_.out << line.dump() << std::endl;
    if (!world_.out) network_.stop();
    for (const auto& [text, seen] : std::exchange(losses_, {})) {
      world_.err << fmt::format("fwdevice: {} not connected: {} ({}{})", seen.first, text, seen.second,
                                seen.first > 1 ? ", …" : "")
                 << std::endl;
    }
  }

  World& world_;
  Network& network_;
  Timer timer_;
  const Fleet* fleet_ = nullptr;
  bool ever_connected_ = false;
  std::string untrusted_;
  std::map<std::string, std::pair<std::size_t, std::string>> losses_;
};

void fill(Fleet& fleet, const FleetArguments& arguments, std::vector<iothub::DeviceConnection> connections) {
  auto plan = plan_fleet({}, arguments.count, arguments.shares, arguments.seed);
  for (std::size_t i = 0; i < connections.size(); ++i) {
    UpdateState state;
    state.reported.current_version = arguments.common.firmware_version;
    fleet.add({.connection = std::move(connections[i]),
               .update = plan[i].scaled(arguments.common.time_scale),
               .agent = agent},
              std::move(state));
  }
}

}  // namespace

ExitCode run_fleet(const FleetArguments& arguments, World& world) {
  make_room_for_links(arguments.count);
  plan_fleet({}, arguments.count, arguments.shares, arguments.seed);  // throws before anything is sent
  const auto service =
      iothub::parse_service_connection(connection_text(arguments.common, world, "IOTHUB_CONNECTION_STRING"));
  const auto http = http_options(service.host_name, arguments.common.ca_file, {world.env, world.in}, world.stop);
  auto connections = register_fleet(arguments, service, http, world);

  Timers timers(world.clock);
  ConnectGate gate(handshakes_at_once);
  Network network({.host = bare_host(service.host_name), .port = arguments.common.mqtt_port, .ca_pem = http.ca_pem},
                  timers);
  Reporter reporter(world, network, timers);
  Fleet fleet(
      {world.clock, timers, gate, world.jitter}, [&network] { return network.make_link(); },
      [&reporter](const std::string& device, const LinkLoss& loss) { reporter.on_loss(device, loss); });
  fill(fleet, arguments, std::move(connections));
  const std::stop_callback on_stop(world.stop, [&network] { network.stop(); });
  reporter.start(fleet);
  fleet.start();
  network.run();
  fleet.stop();
  reporter.check();
  return ExitCode::ok;
}

}  // namespace fwctl::device::cli
