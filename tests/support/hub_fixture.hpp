#pragma once

#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fwctl/base/base64.hpp"
#include "fwctl/base/sha256.hpp"
#include "fwctl/base/url.hpp"
#include "fwctl/localhub/hub.hpp"
#include "tests/support/fake_clock.hpp"

namespace fwctl::test {

/// A stand-in hub in this process, on a fake clock, and the two sides that talk to it.
class HubFixture {
 public:
  using Json = nlohmann::ordered_json;
  static constexpr const char* key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

  explicit HubFixture(localhub::HubOptions options = {}) : options_(std::move(options)) {
    options_.owner_key = key;
    restart();
  }

  /// A new hub on the same options: with a file for its store, what a killed one would find.
  void restart() {
    hub_.reset();
    hub_ = std::make_unique<localhub::Hub>(options_, clock);
  }

  localhub::Hub& hub() { return *hub_; }
  std::string connection_string() const {
    return fmt::format("HostName=localhost;SharedAccessKeyName=iothubowner;SharedAccessKey={}", key);
  }

  std::string token(const std::string& resource, const std::string& base64_key, const std::string& policy,
                    std::chrono::seconds life = std::chrono::hours{1}) const {
    const auto expiry = std::chrono::floor<std::chrono::seconds>(clock.now() + life).time_since_epoch().count();
    const std::string sr = percent_encode(resource);
    const std::string sig =
        base64_encode(hmac_sha256(base64_decode(base64_key).value(), fmt::format("{}\n{}", sr, expiry)));
    return fmt::format("SharedAccessSignature sr={}&sig={}&se={}{}", sr, percent_encode(sig), expiry,
                       policy.empty() ? "" : "&skn=" + policy);
  }

  HttpResponse send(HttpRequest request) {
    HttpResponse answer;
    hub_->handle(request, [&](HttpResponse response, const localhub::Delivery& how) {
      answer = std::move(response);
      delivery = how;
    });
    return answer;
  }

  /// A request of the owner's; `body` empty for none.
  HttpResponse call(const std::string& method, const std::string& path, const Json& body = nullptr,
                    Headers headers = {}) {
    headers["Authorization"] = token("localhost", key, "iothubowner");
    const char* joint = path.find('?') == std::string::npos ? "?" : "&";
    return send({method, path + joint + "api-version=2021-04-12", headers, body.is_null() ? "" : body.dump()});
  }
  Json json(const std::string& method, const std::string& path, const Json& body = nullptr, Headers headers = {}) {
    return Json::parse(call(method, path, body, std::move(headers)).body);
  }

  void create_device(const std::string& id, const Json& tags = nullptr) {
    call("PUT", "/devices/" + percent_encode(id),
         {{"deviceId", id},
          {"authentication", {{"type", "sas"}, {"symmetricKey", {{"primaryKey", key}, {"secondaryKey", key}}}}}});
    if (!tags.is_null()) call("PATCH", "/twins/" + percent_encode(id), {{"tags", tags}});
  }
  Json twin(const std::string& id) { return json("GET", "/twins/" + percent_encode(id)); }

  void create_module(const std::string& device, const std::string& module) {
    call("PUT", "/devices/" + percent_encode(device) + "/modules/" + percent_encode(module),
         {{"deviceId", device},
          {"moduleId", module},
          {"authentication", {{"type", "sas"}, {"symmetricKey", {{"primaryKey", key}, {"secondaryKey", key}}}}}});
  }

  /// What a device `id`, or a module `device/module`, says to connect with its own key.
  localhub::ConnectRequest login(const std::string& client_id) const {
    const std::size_t slash = client_id.find('/');
    const std::string resource =
        slash == std::string::npos ? client_id : client_id.substr(0, slash) + "/modules/" + client_id.substr(slash + 1);
    return {.client_id = client_id,
            .username = fmt::format("localhost/{}/?api-version=2021-04-12", client_id),
            .password = token("localhost/devices/" + resource, key, "")};
  }

  /// Connects and subscribes to everything about its twin and to methods.
  localhub::ConnectionId connect(const std::string& client_id) {
    const auto answer = hub_->connect(login(client_id));
    hub_->subscribe(
        answer.connection,
        {{"$iothub/twin/res/#", 0}, {"$iothub/twin/PATCH/properties/desired/#", 0}, {"$iothub/methods/POST/#", 0}});
    return answer.connection;
  }
  void report(localhub::ConnectionId connection, const Json& patch) {
    hub_->publish(connection, "$iothub/twin/PATCH/properties/reported/?$rid=1", patch.dump(), 0);
  }

  /// Does all the work that is due by now.
  void run_due() {
    for (auto due = hub_->next_due(); due && *due <= clock.now(); due = hub_->next_due()) hub_->run_due();
  }

  FakeClock clock;
  localhub::Delivery delivery;  // of the last answer

 private:
  localhub::HubOptions options_;
  std::unique_ptr<localhub::Hub> hub_;
};

}  // namespace fwctl::test
