#include "fwctl/device/twin_client.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lib/device/twin_topics.hpp"

namespace fwctl::device {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr const char* version_key = "$version";

json parse(std::string_view text) { return json::parse(text, nullptr, /*allow_exceptions=*/false); }

std::optional<std::int64_t> take_version(json& section) {
  if (!section.is_object()) return std::nullopt;
  const json version = section.value(version_key, json{});
  section.erase(version_key);
  if (!version.is_number_integer()) return std::nullopt;
  return version.get<std::int64_t>();
}

}  // namespace

struct TwinClient::Section {
  json content = json::object();
  std::int64_t version = 0;
};

TwinClient::Request::Request(Timers& timers, Jitter jitter)
    : timer(timers), backoff(milliseconds{1'000}, milliseconds{60'000}, std::move(jitter)) {}

TwinClient::TwinClient(MqttLink& link, Timers& timers, Jitter jitter, TwinListener& listener)
    : link_(link),
      listener_(listener),
      jitter_(jitter),
      get_(timers, jitter),
      report_(timers, jitter),
      section_(std::make_unique<Section>()) {}

TwinClient::~TwinClient() = default;

void TwinClient::connected() {
  disconnected();
  live_ = true;
  prefix_ = fmt::format("{:08x}-", static_cast<std::uint32_t>(jitter_() * 0xffffffff));
  get_.timer.start(answer_timeout, [this] { listener_.on_broken("the hub did not answer SUBSCRIBE"); });
  link_.subscribe(twin_filters());
}

void TwinClient::disconnected() {
  live_ = false;
  announced_ = false;
  early_.clear();
  close(get_);
  close(report_);
}

void TwinClient::subscribed(const std::vector<int>& granted) {
  const bool all = granted.size() == twin_filters().size() &&
                   std::all_of(granted.begin(), granted.end(), [](int code) { return code < 128; });
  if (!all) return listener_.on_broken("the hub refused the twin subscriptions");
  get();
}

void TwinClient::message(std::string_view topic, std::string_view payload) {
  if (!live_) return;
  if (const auto answer = parse_answer(topic)) {
    if (get_.open && answer->request_id == get_.id) return answered_get(answer->status, payload);
    if (report_.open && answer->request_id == report_.id) return answered_report(answer->status, payload);
  } else if (const auto found = parse_notice(topic)) {
    notice(found->version, payload);
  }
}

void TwinClient::report(std::string patch) { ask(report_, std::move(patch)); }

void TwinClient::get() { ask(get_, {}); }

void TwinClient::ask(Request& request, std::string payload) {
  close(request);
  request.open = true;
  request.payload = std::move(payload);
  attempt(request);
}

void TwinClient::attempt(Request& request) {
  const bool reads = &request == &get_;
  request.id = prefix_ + std::to_string(++requests_);
  request.timer.start(answer_timeout, [this, reads] {
    listener_.on_broken(reads ? "the hub did not answer the twin's GET" : "the hub did not answer a report");
  });
  link_.publish(reads ? get_topic(request.id) : reported_topic(request.id), request.payload);
}

void TwinClient::close(Request& request) {
  request.open = false;
  request.id.clear();
  request.timer.cancel();
  request.backoff.reset();
}

bool TwinClient::repeat(Request& request, int status) {
  if (status != 429 && status < 500) return false;
  request.id.clear();
  request.timer.start(request.backoff.next(), [this, &request] { attempt(request); });
  return true;
}

void TwinClient::answered_get(int status, std::string_view payload) {
  if (repeat(get_, status)) return;
  json twin = status == 200 ? parse(payload) : json{};
  json desired = twin.is_object() ? twin.value("desired", json{}) : json{};
  const auto version = take_version(desired);
  if (!version) return listener_.on_broken(fmt::format("the hub answered the twin's GET with {}, not a twin", status));

  close(get_);
  section_->content = std::move(desired);
  section_->version = *version;
  if (std::exchange(announced_, true)) {
    listener_.on_desired(section_->content, section_->content, *version);
  } else {
    listener_.on_twin(section_->content, *version);
  }
  apply_early_notices();
}

void TwinClient::answered_report(int status, std::string_view payload) {
  if (repeat(report_, status)) return;
  close(report_);
  listener_.on_report_answered(status, std::string(payload));
}

void TwinClient::notice(std::optional<std::int64_t> version, std::string_view payload) {
  json patch = parse(payload);
  const auto inner = take_version(patch);
  if (inner) version = inner;
  if (!patch.is_object() || !version) return listener_.on_broken("the hub sent a desired patch that is none");
  if (announced_ && !get_.open) return apply(patch, *version);
  if (early_.size() == most_early_notices) return listener_.on_broken("the hub sends notifications but no twin");
  early_.emplace_back(*version, patch.dump());
}

void TwinClient::apply(const json& patch, std::int64_t version) {
  if (version <= section_->version) return;
  if (version > section_->version + 1) return get();
  section_->content.merge_patch(patch);
  section_->version = version;
  listener_.on_desired(section_->content, patch, version);
}

void TwinClient::apply_early_notices() {
  const auto early = std::exchange(early_, {});
  for (const auto& [version, text] : early) {
    if (!live_) return;
    apply(parse(text), version);
    if (get_.open) return;  // a gap: the whole twin is on its way again
  }
}

}  // namespace fwctl::device
