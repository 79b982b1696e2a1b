#include "fwctl/localhub/hub.hpp"

#include <algorithm>

#include "lib/localhub/configurations/configurations.hpp"
#include "lib/localhub/core.hpp"
#include "lib/localhub/devices/device_topics.hpp"
#include "lib/localhub/devices/methods.hpp"
#include "lib/localhub/devices/sessions.hpp"
#include "lib/localhub/faults/dice.hpp"
#include "lib/localhub/faults/lag.hpp"
#include "lib/localhub/faults/postponed.hpp"
#include "lib/localhub/faults/throttle.hpp"
#include "lib/localhub/jobs/jobs.hpp"
#include "lib/localhub/policies.hpp"
#include "lib/localhub/registry/bulk.hpp"
#include "lib/localhub/service/gate.hpp"
#include "lib/localhub/store/open_store.hpp"

namespace fwctl::localhub {

class Hub::Impl {
 public:
  Impl(const HubOptions& options, const Clock& clock) : core(options, clock, open_store(options.database)) {
    sessions.on_listening = [this](const TwinKey& key) { methods.on_listening(key); };
    sessions.on_gone = [this](ConnectionId connection) { methods.on_gone(connection); };
  }

  ConnectAnswer connect(const ConnectRequest& request) {
    constexpr int unavailable = 3;
    const Switches& on = core.switches;
    if (dice.strikes("connack3", on.connack_3)) return {.return_code = unavailable};
    if (dice.strikes("connack5", on.connack_5)) return {};
    if (throttle.admit(Operation::connections)) return sessions.connect(request);
    return {.return_code = on.throttled_connack ? unavailable : ConnectAnswer::no_answer};
  }

  Core core;
  Dice dice{core};
  Postponed postponed{core};
  Throttle throttle{core};
  Lag lag{core};
  Policies policies{core};
  Sessions sessions{core, policies};
  Methods methods{core, sessions};
  Twins twins{core,
              [this](const TwinKey& key, std::int64_t version, const Json& patch) {
                sessions.notify_desired(key, version, patch);
              },
              [this](std::int64_t sequence) { configurations.twin_changed(sequence); }};
  Configurations configurations{core, twins};
  Registry registry{core, twins};
  Modules modules{core, twins};
  Bulk bulk{core, registry, modules, twins};
  Jobs jobs{core, twins, methods};
  ImportJobs import_jobs{core};
  DeviceTopics topics{core, sessions, twins, methods, dice, throttle, postponed};
  Aside aside{core};
  Service service{{core, policies, registry, modules, bulk, twins, jobs, import_jobs, sessions, methods, configurations,
                   aside, lag}};
  Gate gate{core, dice, throttle, service};
};

Hub::Hub(HubOptions options, const Clock& clock) {
  check(options.switches);
  impl_ = std::make_unique<Impl>(options, clock);
}
Hub::~Hub() = default;

std::string Hub::policy_key(std::string_view policy) const { return impl_->policies.primary_key(policy); }

void Hub::handle(const HttpRequest& request, Respond respond) { impl_->gate.handle(request, std::move(respond)); }

HttpResponse Hub::refusal(int status) const { return impl_->gate.refusal(status); }

ConnectAnswer Hub::connect(const ConnectRequest& request) { return impl_->connect(request); }

void Hub::disconnect(ConnectionId connection, bool said_so) { impl_->sessions.disconnect(connection, said_so); }

std::optional<std::vector<std::uint8_t>> Hub::subscribe(ConnectionId connection,
                                                        const std::vector<Subscription>& subscriptions) {
  return impl_->sessions.subscribe(connection, subscriptions);
}

void Hub::unsubscribe(ConnectionId connection, const std::vector<std::string>& filters) {
  impl_->sessions.unsubscribe(connection, filters);
}

bool Hub::postpone_suback(ConnectionId connection, const std::string& packet) {
  const std::chrono::milliseconds delay{impl_->core.switches.suback_delay_ms};
  if (delay.count() == 0) return false;
  impl_->core.counters.add("fault.subackDelayMs");
  impl_->postponed.add({Effect::Kind::packet, connection, {}, packet}, delay);
  return true;
}

bool Hub::falls_silent() { return impl_->dice.strikes("silentDeath", impl_->core.switches.silent_death); }

bool Hub::publish(ConnectionId connection, std::string_view topic, std::string_view payload, int qos) {
  return impl_->topics.publish(connection, topic, payload, qos);
}

std::vector<Effect> Hub::take_effects() { return std::exchange(impl_->core.effects, {}); }

const Switches& Hub::switches() const { return impl_->core.switches; }

void Hub::set_switches(const Switches& switches) {
  check(switches);
  impl_->core.switches = switches;
  impl_->dice.reset();
  impl_->lag.apply();
}

const std::map<std::string, std::uint64_t>& Hub::counters() const { return impl_->core.counters.all(); }

bool Hub::disconnect_device(std::string_view client_id) {
  return impl_->sessions.close_device(TwinKey::from_text(client_id));
}

std::optional<Time> Hub::next_due() const {
  std::optional<Time> first;
  for (const auto& due : {impl_->jobs.next_due(), impl_->methods.next_due(), impl_->sessions.next_expiry(),
                          impl_->configurations.next_due(), impl_->postponed.next_due()}) {
    if (due) first = std::min(first.value_or(Time::max()), *due);
  }
  // Work is due by the hub's clock; who waits for it goes by the real one.
  return first ? std::optional(*first - impl_->core.clock.offset()) : std::nullopt;
}

void Hub::run_due() {
  impl_->sessions.drop_expired();
  impl_->postponed.run_due();
  impl_->methods.run_due();
  impl_->jobs.run_due();
  impl_->configurations.run_due();
}

}  // namespace fwctl::localhub
