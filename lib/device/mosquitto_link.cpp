#include "lib/device/mosquitto_link.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>

#include "fwctl/base/error.hpp"

namespace fwctl::device {
namespace {

constexpr std::chrono::seconds tending_interval{15};

std::string refusal(int connack) {
  return connack == 5 ? "not authorized (CONNACK 5)" : fmt::format("refused (CONNACK {})", connack);
}

std::string describe(int error) {
  switch (error) {
    case MOSQ_ERR_SUCCESS:
    case MOSQ_ERR_CONN_LOST:
    case MOSQ_ERR_NO_CONN:
      return "the connection was closed";
    case MOSQ_ERR_TLS:
      return "the TLS handshake failed";
    case MOSQ_ERR_EAI:
    case MOSQ_ERR_LOOKUP:
      return "the host name does not resolve";
    case MOSQ_ERR_KEEPALIVE:
      return "the hub does not answer pings";
    case MOSQ_ERR_ERRNO:
      return std::strerror(errno);
    default:
      return mosquitto_strerror(error);
  }
}

MosquittoLink* self_of(void* self) { return static_cast<MosquittoLink*>(self); }

}  // namespace

MosquittoLink::MosquittoLink(const NetworkOptions& options, EventLoop& loop, TlsContext& tls, Timers& timers)
    : options_(options), loop_(loop), tls_(tls), failure_(timers), tending_(timers) {}

MosquittoLink::~MosquittoLink() { close(); }

MosquittoLink::Client MosquittoLink::make_client(const MqttLogin& login) {
  Client client(mosquitto_new(login.client_id.c_str(), /*clean_session=*/false, this));
  if (!client) throw Error("no MQTT client for device " + login.client_id);
  mosquitto_int_option(client.get(), MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V311);
  // The context is complete: libmosquitto must not read the roots again for each client.
  mosquitto_int_option(client.get(), MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0);
  mosquitto_void_option(client.get(), MOSQ_OPT_SSL_CTX, tls_.get());
  mosquitto_username_pw_set(client.get(), login.user_name.c_str(), login.password.c_str());
  mosquitto_connect_callback_set(client.get(), connack);
  mosquitto_subscribe_callback_set(client.get(), suback);
  mosquitto_message_callback_set(client.get(), message);
  return client;
}

void MosquittoLink::open(const MqttLogin& login, MqttEvents& events) {
  close();
  events_ = &events;
  refused_ = 0;
  writing_ = false;
  tls_.take_fault();
  client_ = make_client(login);
  const int error = mosquitto_connect_async(client_.get(), options_.host.c_str(), options_.port,
                                            static_cast<int>(options_.keep_alive.count()));
  const int fd = mosquitto_socket(client_.get());
  if (error != MOSQ_ERR_SUCCESS || fd < 0) {
    failure_.start({}, [this, loss = loss_of(error)] { lose(loss); });
    return;
  }
  writing_ = wants_to_write();
  loop_.watch(fd, *this, true, writing_);
  tending_.start(tending_interval, [this] { tend(); });
}

void MosquittoLink::close() {
  failure_.cancel();
  tending_.cancel();
  events_ = nullptr;
  if (!client_) return;
  if (in_call_) {
    buried_ = std::move(client_);
  } else {
    mosquitto_disconnect(client_.get());
    client_.reset();
  }
}

void MosquittoLink::subscribe(const std::vector<std::string>& filters) {
  if (!client_) return;
  std::vector<char*> names;
  for (const auto& filter : filters) names.push_back(const_cast<char*>(filter.c_str()));
  const int error =
      mosquitto_subscribe_multiple(client_.get(), nullptr, static_cast<int>(names.size()), names.data(), 0, 0, nullptr);
  settle(error);
}

void MosquittoLink::publish(const std::string& topic, const std::string& payload) {
  if (!client_) return;
  settle(mosquitto_publish(client_.get(), nullptr, topic.c_str(), static_cast<int>(payload.size()), payload.data(), 0,
                           false));
}

void MosquittoLink::on_ready(const Readiness& ready) {
  if (!client_) return;
  // libmosquitto would try the handshake for ever on a socket that never got through.
  if (ready.broken && in_handshake()) return lose({LinkLoss::Kind::broken, 0, "connection refused or reset"});
  if (ready.readable) call(mosquitto_loop_read);
  if (ready.writable) call(mosquitto_loop_write);
}

void MosquittoLink::call(int (*step)(mosquitto*, int)) {
  if (!client_) return;
  in_call_ = true;
  const int error = step(client_.get(), 1);
  in_call_ = false;
  buried_.reset();
  if (client_ && (error != MOSQ_ERR_SUCCESS || mosquitto_socket(client_.get()) < 0)) return lose(loss_of(error));
  watch_socket();
}

/// After a call from outside the loop: an error is told later, for the caller does not expect it now.
void MosquittoLink::settle(int error) {
  if (error != MOSQ_ERR_SUCCESS || mosquitto_socket(client_.get()) < 0) {
    failure_.start({}, [this, loss = loss_of(error)] { lose(loss); });
  } else if (!in_call_) {
    watch_socket();
  }
}

void MosquittoLink::lose(LinkLoss loss) {
  MqttEvents* events = events_;
  close();
  if (events != nullptr) events->on_lost(loss);
}

LinkLoss MosquittoLink::loss_of(int error) {
  if (refused_ != 0) return {LinkLoss::Kind::refused, refused_, refusal(refused_)};
  if (std::string fault = tls_.take_fault(); !fault.empty()) {
    return {LinkLoss::Kind::untrusted, 0, "the hub's certificate does not verify: " + fault};
  }
  return {LinkLoss::Kind::broken, 0, describe(error)};
}

void MosquittoLink::watch_socket() {
  if (!client_ || wants_to_write() == writing_) return;
  writing_ = !writing_;
  loop_.change(mosquitto_socket(client_.get()), *this, true, writing_);
}

bool MosquittoLink::in_handshake() const {
  const auto* ssl = static_cast<const SSL*>(mosquitto_ssl_get(client_.get()));
  return ssl == nullptr || SSL_is_init_finished(ssl) == 0;
}

/// CONNECT lies ready from the start; asking mosquitto alone would make the loop spin all through the handshake.
bool MosquittoLink::wants_to_write() const {
  const auto* ssl = static_cast<const SSL*>(mosquitto_ssl_get(client_.get()));
  if (ssl != nullptr && in_handshake()) return SSL_want_write(ssl);
  return mosquitto_want_write(client_.get());
}

/// Keeps the connection alive with a PINGREQ when it is due.
void MosquittoLink::tend() {
  tending_.start(tending_interval, [this] { tend(); });
  call([](mosquitto* client, int) { return mosquitto_loop_misc(client); });
}

void MosquittoLink::connack(mosquitto*, void* self, int code) {
  MosquittoLink* link = self_of(self);
  link->refused_ = code;
  if (code == 0 && link->events_ != nullptr) link->events_->on_connected();
}

void MosquittoLink::suback(mosquitto*, void* self, int, int count, const int* granted) {
  MosquittoLink* link = self_of(self);
  if (link->events_ != nullptr) link->events_->on_subscribed(std::vector<int>(granted, granted + count));
}

void MosquittoLink::message(mosquitto*, void* self, const mosquitto_message* message) {
  MosquittoLink* link = self_of(self);
  if (link->events_ == nullptr) return;
  const std::string_view payload(static_cast<const char*>(message->payload),
                                 static_cast<std::size_t>(message->payloadlen));
  link->events_->on_message(message->topic, payload);
}

}  // namespace fwctl::device
