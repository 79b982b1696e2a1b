#pragma once

#include <mosquitto.h>

#include <memory>
#include <string>
#include <vector>

#include "fwctl/device/mqtt_link.hpp"
#include "fwctl/device/network.hpp"
#include "fwctl/device/timers.hpp"
#include "lib/device/event_loop.hpp"
#include "lib/device/tls_context.hpp"

namespace fwctl::device {

/// A link by libmosquitto, a fresh client for each connection: a used one carries its past along.
class MosquittoLink final : public MqttLink, private IoHandler {
 public:
  MosquittoLink(const NetworkOptions& options, EventLoop& loop, TlsContext& tls, Timers& timers);
  ~MosquittoLink() override;

  void open(const MqttLogin& login, MqttEvents& events) override;
  void close() override;
  void subscribe(const std::vector<std::string>& filters) override;
  void publish(const std::string& topic, const std::string& payload) override;

 private:
  struct Destroy {
    void operator()(mosquitto* client) const { mosquitto_destroy(client); }
  };
  using Client = std::unique_ptr<mosquitto, Destroy>;

  static void connack(mosquitto* client, void* self, int code);
  static void suback(mosquitto* client, void* self, int id, int count, const int* granted);
  static void message(mosquitto* client, void* self, const mosquitto_message* message);

  void on_ready(const Readiness& ready) override;
  Client make_client(const MqttLogin& login);
  void call(int (*step)(mosquitto*, int));
  void settle(int error);
  void lose(LinkLoss loss);
  LinkLoss loss_of(int error);
  void watch_socket();
  bool in_handshake() const;
  bool wants_to_write() const;
  void tend();

  const NetworkOptions& options_;
  EventLoop& loop_;
  TlsContext& tls_;
  Client client_;
  Client buried_;  // closed from within its own callback: destroyed once that has returned
  MqttEvents* events_ = nullptr;
  bool in_call_ = false;
  bool writing_ = false;  // what the loop was last told
  int refused_ = 0;       // CONNACK code
  Timer failure_;         // what went wrong within open() or publish() is told later
  Timer tending_;
};

}  // namespace fwctl::device
