#include "fwctl/firmware/census.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fwctl/iothub/error.hpp"
#include "lib/firmware/fleet_query.hpp"
#include "lib/firmware/query_rows.hpp"

namespace fwctl::firmware {
namespace {

using nlohmann::json;

/// Once nothing is stale, a new wish makes all of it stale again: looked for every so many readings.
constexpr int stale_every = 10;

bool is_refused(const iothub::ServiceError& error) { return error.status() == 400; }

}  // namespace

std::int64_t count_of(const Counts& counts, VerdictKind kind) {
  const auto found = counts.find(kind);
  return found == counts.end() ? 0 : found->second;
}

std::string_view to_text(Source source) {
  return source == Source::twins ? "twins" : source == Source::query ? "query" : "none";
}

void FleetCount::add(const Evidence& evidence, const Verdict& verdict, std::int64_t count) {
  devices += count;
  verdicts[verdict.kind] += count;
  if (verdict.final) decided += count;
  if (!evidence.reported) return;
  if (!evidence.reported->current_version.empty()) versions[evidence.reported->current_version] += count;
  if (verdict.kind == VerdictKind::in_progress) phases[evidence.reported->status] += count;
}

std::string Census::condition() const {
  if (one_by_one_ || !fleet_.since) return fleet_.condition;
  return fleet_query::both(fleet_.condition, fleet_query::asked_since(*fleet_.since));
}

void Census::select(std::string condition) {
  fleet_.condition = std::move(condition);
  readings_ = 0;
}

void Census::read() {
  if (one_by_one_) return read_devices();
  try {
    if (readings_ > 0 && stale_is_due()) {
      read_stale();
    } else {
      read_all();
      if (readings_ == 0 && stale_is_due()) read_stale();
    }
    ++readings_;
    count();
  } catch (const iothub::ServiceError& error) {
    if (!is_refused(error)) throw;
    one_by_one_ = true;
    read_devices();
  }
}

/// In turn with the first query while there is something to take off.
bool Census::stale_is_due() const {
  const bool wished = std::any_of(all_.begin(), all_.end(), [](const auto& group) {
    return !group.first.wanted.empty() && !group.first.status.empty();
  });
  if (!wished) return false;
  return readings_ == 0 || (stale_.empty() ? readings_ % stale_every == 0 : readings_ % 2 == 1);
}

void Census::read_all() {
  all_ = read_groups(condition());
  all_as_of_ = hub_.now();
}

void Census::read_stale() {
  stale_ = read_groups(fleet_query::both(condition(), fleet_query::reported_before_asked()));
}

Census::Group Census::group_of(const std::string& text, std::int64_t& devices) {
  const json row = parse_row(text);
  devices = count_in(row);
  return {text_in(row, fleet_query::wanted_column), text_in(row, fleet_query::status_column),
          text_in(row, fleet_query::version_column), text_in(row, fleet_query::connection_column) == "Connected"};
}

Census::Groups Census::read_groups(const std::string& condition) {
  Groups groups;
  auto pages = hub_.query(fleet_query::count_groups(condition));
  while (const auto page = pages.next()) {
    for (const std::string& row : *page) {
      std::int64_t devices = 0;
      const Group group = group_of(row, devices);
      groups[group] += devices;
    }
  }
  return groups;
}

/// The two queries are of different moments: never more is taken off than there is.
void Census::count() {
  latest_ = {};
  latest_.source = Source::query;
  latest_.as_of = all_as_of_;
  for (const auto& [group, devices] : all_) {
    const auto found = stale_.find(group);
    const std::int64_t stale = found == stale_.end() ? 0 : std::min(found->second, devices);
    if (stale > 0) add(group, true, stale);
    if (devices > stale) add(group, false, devices - stale);
  }
}

/// The verdict is that of a device which stands like the group; how long it has stood so, nobody counts.
void Census::add(const Group& group, bool stale, std::int64_t devices) {
  constexpr Time asked{std::chrono::hours{1}};
  constexpr auto moment = std::chrono::seconds{1};
  Evidence evidence;
  if (!group.wanted.empty()) evidence.desired = Desired{group.wanted, {}, {}};
  if (const auto status = parse_status(group.status))
    evidence.reported = Reported{group.version, {}, *status, {}, {}, {}};
  evidence.desired_at = asked;
  evidence.reported_at = stale ? asked - moment : asked + moment;
  evidence.connected = group.connected;
  latest_.add(evidence, judge(evidence, {fleet_.version, std::nullopt, asked + moment}), devices);
}

void Census::read_devices() {
  FleetCount counted;
  counted.source = Source::query;
  counted.as_of = hub_.now();
  read_fleet(hub_, fleet_, [&](const DeviceState& device) { counted.add(device.evidence, device.verdict, 1); });
  latest_ = std::move(counted);
}

}  // namespace fwctl::firmware
