#include "fwctl/device/simulated_device.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "fwctl/base/url.hpp"
#include "fwctl/firmware/contract.hpp"
#include "fwctl/iothub/sas.hpp"

namespace fwctl::device {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* api_version = "2021-04-12";
constexpr int not_authorized = 5;

}  // namespace

SimulatedDevice::SimulatedDevice(DeviceSettings settings, UpdateState state, DeviceWorld world, MqttLink& link,
                                 DeviceObserver& observer)
    : settings_(std::move(settings)),
      world_(std::move(world)),
      link_(link),
      observer_(observer),
      machine_(std::move(state), settings_.update),
      twin_(link, world_.timers, world_.jitter, *this),
      lost_(seconds{1}, seconds{60}, world_.jitter),
      refused_(seconds{60}, seconds{600}, world_.jitter),
      connection_(world_.timers),
      phase_(world_.timers),
      absence_(world_.timers) {}

void SimulatedDevice::start() {
  wanted_ = true;
  follow(machine_.started(world_.clock.now()));
  connect();
}

void SimulatedDevice::stop() {
  wanted_ = false;
  absence_.cancel();
  link_.close();
  drop();
}

void SimulatedDevice::connect() {
  if (queued_) return;
  queued_ = true;
  world_.gate.enter([this] {
    queued_ = false;
    inside_ = true;
    open();
  });
}

void SimulatedDevice::open() {
  if (!wanted_) return leave_gate();
  connection_.start(connect_timeout, [this] { on_broken("the hub did not answer CONNECT"); });
  link_.open(login(), *this);
}

void SimulatedDevice::on_connected() {
  leave_gate();
  if (!greeted_) act(Say{"Client connected to IoT Hub. Waiting for desired properties update."});
  fresh_token_tried_ = false;
  refused_.reset();
  connected_at_ = world_.clock.uptime();
  const double share = 0.75 + 0.15 * world_.jitter();
  connection_.start(std::chrono::duration_cast<milliseconds>(settings_.token_life * share), [this] { renew(); });
  twin_.connected();
}

void SimulatedDevice::renew() {
  link_.close();
  drop();
  connect();
}

void SimulatedDevice::on_lost(const LinkLoss& loss) {
  const milliseconds wait = next_try(loss);
  drop();
  connection_.start(wait, [this] { connect(); });
  observer_.on_loss(loss, wait);
}

void SimulatedDevice::on_broken(const std::string& reason) {
  link_.close();
  on_lost({LinkLoss::Kind::broken, 0, reason});
}

milliseconds SimulatedDevice::next_try(const LinkLoss& loss) {
  if (loss.kind == LinkLoss::Kind::refused && loss.connack == not_authorized) {
    return std::exchange(fresh_token_tried_, true) ? refused_.next() : lost_.next();
  }
  const bool lasted = connected_at_.count() != 0 && world_.clock.uptime() - connected_at_ >= short_connection;
  if (lasted) lost_.reset();
  return lost_.next();
}

void SimulatedDevice::drop() {
  online_ = false;
  connected_at_ = {};
  connection_.cancel();
  twin_.disconnected();
  machine_.disconnected();
  leave_gate();
}

void SimulatedDevice::leave_gate() {
  if (std::exchange(inside_, false)) world_.gate.leave();
}

MqttLogin SimulatedDevice::login() const {
  const auto& [host, id, key, gateway] = settings_.connection;
  const Time expires = world_.clock.now() + settings_.token_life;
  return {
      id,
      fmt::format("{}/{}/?api-version={}&DeviceClientType={}", host, id, api_version, percent_encode(settings_.agent)),
      iothub::make_sas_token(iothub::device_resource(host, id), key, {}, expires)};
}

void SimulatedDevice::on_twin(const json& desired, std::int64_t version) {
  if (!std::exchange(greeted_, true)) act(Say{"Got device twin"});
  follow(machine_.connected(firmware::firmware_of(desired), version, world_.clock.now()));
}

void SimulatedDevice::on_desired(const json& desired, const json& written, std::int64_t version) {
  // Somebody wrote another part of the section: the wish is as it was.
  if (firmware::firmware_of(written).is_null()) return;
  follow(machine_.desired(firmware::firmware_of(desired), version, world_.clock.now()));
}

void SimulatedDevice::on_report_answered(int status, const std::string& body) {
  if (status != 204 && status != 200) {
    observer_.on_say({fmt::format("The hub refused a report with {}: {}", status, body.substr(0, 300)), true});
  }
  if (!std::exchange(online_, true)) observer_.on_online();
  follow(machine_.report_answered());
}

void SimulatedDevice::follow(const Actions& actions) {
  for (const Action& action : actions) {
    std::visit([this](const auto& each) { act(each); }, action);
  }
}

void SimulatedDevice::act(const StartTimer& timer) {
  phase_.start(timer.duration, [this] { follow(machine_.timer_elapsed(world_.clock.now())); });
}

void SimulatedDevice::act(const GoOffline& absence) {
  stop();
  if (!absence.duration) return;
  absence_.start(*absence.duration, [this] {
    wanted_ = true;
    connect();
  });
}

}  // namespace fwctl::device
