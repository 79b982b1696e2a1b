#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fwctl/device/backoff.hpp"
#include "fwctl/device/mqtt_link.hpp"
#include "fwctl/device/timers.hpp"

namespace fwctl::device {

class TwinListener {
 public:
  virtual ~TwinListener() = default;
  /// The first whole desired section after a connect.
  virtual void on_twin(const nlohmann::json& desired, std::int64_t version) = 0;
  /// desired was written: the whole section as it now is, and what was written of it.
  virtual void on_desired(const nlohmann::json& desired, const nlohmann::json& written, std::int64_t version) = 0;
  /// The hub's last word on a report: 204, or why it was refused. 429 and 5xx have been repeated before.
  virtual void on_report_answered(int status, const std::string& body) = 0;
  /// The connection is of no use any more: an answer never came, or makes no sense. Close it.
  virtual void on_broken(const std::string& reason) = 0;
};

/// The device's half of the twin protocol, on one connection after the other.
///
///   CONNACK → SUBSCRIBE both filters → SUBACK → GET → 200 → on_twin → notifications, each once and in order
///
/// Notifications that come before the 200 wait for it. One whose version is not newer is dropped; a gap in the versions
/// means a lost one, so the twin is read again, and all of it counts as written. An answer that is not there after
/// `answer_timeout` breaks the connection, for the hub may or may not have acted; the next connection makes up for it.
///
/// Source: iothub-device-mqtt, sections 3 and 5.4.
class TwinClient {
 public:
  static constexpr std::chrono::seconds answer_timeout{45};
  static constexpr std::size_t most_early_notices = 100;

  TwinClient(MqttLink& link, Timers& timers, Jitter jitter, TwinListener& listener);
  ~TwinClient();

  void connected();
  void disconnected();
  void subscribed(const std::vector<int>& granted);
  void message(std::string_view topic, std::string_view payload);

  /// Writes a patch to reported. The caller waits for on_report_answered() before the next one.
  void report(std::string patch);

 private:
  /// A question and its repeats; at most one of a kind is open.
  struct Request {
    Request(Timers& timers, Jitter jitter);
    bool open = false;
    std::string id;  // empty while it waits for its next try
    std::string payload;
    Timer timer;
    Backoff backoff;
  };
  struct Section;  // desired, as far as it is known

  void get();
  void ask(Request& request, std::string payload);
  void attempt(Request& request);
  void close(Request& request);
  bool repeat(Request& request, int status);
  void answered_get(int status, std::string_view payload);
  void answered_report(int status, std::string_view payload);
  void notice(std::optional<std::int64_t> version, std::string_view payload);
  void apply(const nlohmann::json& patch, std::int64_t version);
  void apply_early_notices();

  MqttLink& link_;
  TwinListener& listener_;
  Jitter jitter_;
  std::string prefix_;  // of request ids: a late answer to an earlier connection matches nothing
  std::uint64_t requests_ = 0;
  Request get_;
  Request report_;
  bool live_ = false;
  bool announced_ = false;  // on_twin was called for this connection
  std::unique_ptr<Section> section_;
  std::vector<std::pair<std::int64_t, std::string>> early_;
};

}  // namespace fwctl::device
