#include "fwctl/localhub/hub.hpp"

#include <algorithm>

#include "lib/localhub/api_error.hpp"
#include "lib/localhub/configurations/configurations.hpp"
#include "lib/localhub/core.hpp"
#include "lib/localhub/devices/device_topics.hpp"
#include "lib/localhub/devices/sessions.hpp"
#include "lib/localhub/jobs/jobs.hpp"
#include "lib/localhub/policies.hpp"
#include "lib/localhub/registry.hpp"
#include "lib/localhub/service.hpp"
#include "lib/localhub/store/functions.hpp"
#include "lib/localhub/store/schema.hpp"
#include "lib/localhub/twins/twins.hpp"

namespace fwctl::localhub {
namespace {

Database open_store(const std::string& path) {
  Database database(path);
  database.execute(schema_sql);
  register_functions(database);
  return database;
}

}  // namespace

class Hub::Impl {
 public:
  Impl(const HubOptions& options, const Clock& clock) : core{options, clock, open_store(options.database), {}} {}

  /// What went wrong inside must not take the hub down, and nothing that was not committed may reach a device.
  template <typename Work>
  void guarded(Work&& work) {
    const std::size_t effects = core.effects.size();
    try {
      work();
    } catch (...) {
      core.effects.resize(effects);
      throw;
    }
  }

  Core core;
  Policies policies{core};
  Sessions sessions{core, policies};
  Twins twins{core,
              [this](const std::string& device, std::int64_t version, const Json& patch) {
                sessions.notify_desired(device, version, patch);
              },
              [this](const std::string& device) { configurations.twin_changed(device); }};
  Configurations configurations{core, twins};
  Registry registry{core, twins};
  Jobs jobs{core, twins};
  DeviceTopics topics{core, sessions, twins};
  Service service{core, policies, registry, twins, jobs, configurations, sessions};
};

Hub::Hub(HubOptions options, const Clock& clock) : impl_(std::make_unique<Impl>(options, clock)) {}
Hub::~Hub() = default;

std::string Hub::policy_key(std::string_view policy) const { return impl_->policies.primary_key(policy); }

void Hub::handle(const HttpRequest& request, Respond respond) {
  HttpResponse response;
  try {
    impl_->guarded([&] { response = impl_->service.handle(request); });
  } catch (const ApiError& error) {
    response = error_response(error, impl_->core.clock.now());
  } catch (const std::exception& error) {
    response = error_response(ApiError(error_names::server_error, error.what()), impl_->core.clock.now());
  }
  respond(std::move(response));
}

ConnectAnswer Hub::connect(const ConnectRequest& request) { return impl_->sessions.connect(request); }

void Hub::disconnect(ConnectionId connection) { impl_->sessions.disconnect(connection); }

std::optional<std::vector<std::uint8_t>> Hub::subscribe(ConnectionId connection,
                                                        const std::vector<Subscription>& subscriptions) {
  return impl_->sessions.subscribe(connection, subscriptions);
}

void Hub::unsubscribe(ConnectionId connection, const std::vector<std::string>& filters) {
  impl_->sessions.unsubscribe(connection, filters);
}

bool Hub::publish(ConnectionId connection, std::string_view topic, std::string_view payload, int qos) {
  return impl_->topics.publish(connection, topic, payload, qos);
}

std::vector<Effect> Hub::take_effects() { return std::exchange(impl_->core.effects, {}); }

std::optional<Time> Hub::next_due() const {
  std::optional<Time> first;
  for (const auto& due : {impl_->jobs.next_due(), impl_->sessions.next_expiry(), impl_->configurations.next_due()}) {
    if (due) first = std::min(first.value_or(Time::max()), *due);
  }
  return first;
}

void Hub::run_due() {
  impl_->sessions.drop_expired();
  impl_->guarded([&] { impl_->jobs.run_due(); });
  impl_->guarded([&] { impl_->configurations.run_due(); });
}

}  // namespace fwctl::localhub
