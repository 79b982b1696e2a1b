#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fwctl/device/mqtt_link.hpp"

namespace fwctl::device::test {

/// A connection whose other end is the test.
class FakeLink final : public MqttLink {
 public:
  void open(const MqttLogin& login, MqttEvents& events) override {
    logins.push_back(login);
    peer = &events;
    is_open = true;
  }
  void close() override {
    is_open = false;
    ++closed;
  }
  void subscribe(const std::vector<std::string>& filters) override { subscriptions.push_back(filters); }
  void publish(const std::string& topic, const std::string& payload) override {
    published.emplace_back(topic, payload);
  }

  /// The request id of the last publication.
  std::string last_id() const {
    const std::string& topic = published.back().first;
    return topic.substr(topic.find("$rid=") + 5);
  }
  std::string answer_topic(int status) const {
    return "$iothub/twin/res/" + std::to_string(status) + "/?$rid=" + last_id();
  }

  MqttEvents* peer = nullptr;
  bool is_open = false;
  int closed = 0;
  std::vector<MqttLogin> logins;
  std::vector<std::vector<std::string>> subscriptions;
  std::vector<std::pair<std::string, std::string>> published;
};

}  // namespace fwctl::device::test
