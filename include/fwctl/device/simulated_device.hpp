#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "fwctl/base/clock.hpp"
#include "fwctl/device/backoff.hpp"
#include "fwctl/device/connect_gate.hpp"
#include "fwctl/device/mqtt_link.hpp"
#include "fwctl/device/timers.hpp"
#include "fwctl/device/twin_client.hpp"
#include "fwctl/device/update_machine.hpp"
#include "fwctl/iothub/connection_string.hpp"

namespace fwctl::device {

struct DeviceSettings {
  iothub::DeviceConnection connection;  // host_name without a port
  UpdateSettings update;
  std::string agent;  // DeviceClientType: `fwdevice/0.1.0`
  std::chrono::seconds token_life{3600};
};

/// What all devices of a process share; outlives them.
struct DeviceWorld {
  const Clock& clock;
  Timers& timers;
  ConnectGate& gate;
  Jitter jitter;
};

/// Hears of a device what a person may want to know. No text holds a key or a token.
class DeviceObserver {
 public:
  virtual ~DeviceObserver() = default;
  virtual void on_say(const Say& say) = 0;
  virtual void on_save(const UpdateState& state) = 0;
  virtual void on_online() = 0;  // for the first time, and after each loss
  virtual void on_loss(const LinkLoss& loss, std::chrono::milliseconds next_try) = 0;
};

/// A device that stays connected and carries out firmware updates.
///
/// Lost connections come back after 1 s to 60 s, with jitter; one that lasted less than 30 s does not reset that wait,
/// for somebody else may be using the device's id. CONNACK 5: at once with a fresh token, then every 30 s to 10 min.
/// Tokens are renewed by reconnecting, after 75 % to 90 % of their life.
class SimulatedDevice final : private MqttEvents, private TwinListener {
 public:
  static constexpr std::chrono::seconds connect_timeout{60};
  static constexpr std::chrono::seconds short_connection{30};

  SimulatedDevice(DeviceSettings settings, UpdateState state, DeviceWorld world, MqttLink& link,
                  DeviceObserver& observer);

  void start();
  /// Disconnects and stays away. Phases go on.
  void stop();

  /// The twin has been read and the hub has taken the complete state.
  bool online() const { return online_; }
  const UpdateState& state() const { return machine_.state(); }

 private:
  void on_connected() override;
  void on_lost(const LinkLoss& loss) override;
  void on_subscribed(const std::vector<int>& granted) override { twin_.subscribed(granted); }
  void on_message(std::string_view topic, std::string_view payload) override { twin_.message(topic, payload); }

  void on_twin(const nlohmann::json& desired, std::int64_t version) override;
  void on_desired(const nlohmann::json& desired, const nlohmann::json& written, std::int64_t version) override;
  void on_report_answered(int status, const std::string& body) override;
  void on_broken(const std::string& reason) override;

  void connect();
  void open();
  void renew();
  void drop();
  void leave_gate();
  MqttLogin login() const;
  std::chrono::milliseconds next_try(const LinkLoss& loss);
  void follow(const Actions& actions);
  void act(const SendReport& report) { twin_.report(report.patch); }
  void act(const StartTimer& timer);
  void act(const GoOffline& absence);
  void act(const SaveState&) { observer_.on_save(machine_.state()); }
  void act(const Say& say) { observer_.on_say(say); }

  DeviceSettings settings_;
  DeviceWorld world_;
  MqttLink& link_;
  DeviceObserver& observer_;
  UpdateMachine machine_;
  TwinClient twin_;
  Backoff lost_;
  Backoff refused_;
  bool fresh_token_tried_ = false;

  bool greeted_ = false;
  bool wanted_ = false;  // to be connected, as far as this device is concerned
  bool queued_ = false;  // in line at the gate
  bool inside_ = false;  // the gate waits for our leave()
  bool online_ = false;
  std::chrono::nanoseconds connected_at_{0};
  Timer connection_;  // connect timeout, then token renewal, then next try
  Timer phase_;
  Timer absence_;
};

}  // namespace fwctl::device
