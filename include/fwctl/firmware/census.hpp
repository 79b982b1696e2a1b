#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "fwctl/firmware/verdict.hpp"
#include "fwctl/iothub/hub_client.hpp"

namespace fwctl::firmware {

/// How many devices stand how; a kind that no device has is absent.
using Counts = std::map<VerdictKind, std::int64_t>;
std::int64_t count_of(const Counts& counts, VerdictKind kind);

/// Where numbers come from. `query` lags behind by seconds to minutes; `twins` were read one by one and are exact.
enum class Source { none, query, twins };
std::string_view to_text(Source source);

/// A fleet, counted.
struct FleetCount {
  Counts verdicts;
  std::map<Status, std::int64_t> phases;         // of those in progress
  std::map<std::string, std::int64_t> versions;  // what devices say they run
  std::int64_t devices = 0;
  Source source = Source::none;
  Time as_of;

  void add(const Evidence& evidence, VerdictKind kind, std::int64_t devices);
  /// applied, failed or rolled back: devices that nothing more is expected of.
  std::int64_t decided() const;
};

/// Which devices are meant, and what is asked about them.
struct FleetQuestion {
  std::string condition;  // what stands after WHERE, at most longest_condition long
  std::string version;    // wanted; empty: whatever each twin wants
  std::chrono::seconds device_timeout{15 * 60};
  std::optional<Time> since;  // devices whose wish is from before are not meant

  Question at(Time now) const { return {version, std::nullopt, now, device_timeout, since}; }
};

/// Counts a fleet by one aggregate query a reading, however large it is.
///
/// What is counted are combinations of wanted version, reported status, reported version and connection. Reports from
/// before the wish are counted by a second query and taken off, in turn with the first, while there are such. A hub
/// that refuses to compare times (400) is read device by device instead.
class Census {
 public:
  Census(iothub::HubClient& hub, FleetQuestion fleet) : hub_(hub), fleet_(std::move(fleet)) {}

  /// From the next reading on, those that another condition selects.
  void select(std::string condition);

  /// One request; two at the first reading when something is wanted of some device.
  /// Errors  what the client throws; ServiceError 400 when the hub does not take the condition
  void read();
  const FleetCount& latest() const { return latest_; }

  /// What selects the devices, as far as the hub takes it: one that compares no times selects those from before, too.
  std::string condition() const;

 private:
  struct Group {
    std::string wanted;
    std::string status;
    std::string version;
    bool connected = false;
    auto operator<=>(const Group&) const = default;
  };
  using Groups = std::map<Group, std::int64_t>;

  static Group group_of(const std::string& row, std::int64_t& devices);
  Groups read_groups(const std::string& condition);
  void read_all();
  void read_stale();
  void read_devices();
  void count();
  void add(const Group& group, bool stale, std::int64_t devices);
  bool stale_is_due() const;

  iothub::HubClient& hub_;
  FleetQuestion fleet_;
  Groups all_;
  Time all_as_of_{};
  Groups stale_;
  int readings_ = 0;
  bool one_by_one_ = false;
  FleetCount latest_;
};

/// The hub takes queries of 8192 characters; counting a fleet adds so many to its condition that this is left. Versions
/// may be as long as longest_version.
inline constexpr std::size_t longest_condition = 8192 - 1536;
inline constexpr std::size_t longest_version = 100;

/// What the devices that the condition selects run, and how many of each; nullopt: they do not say. One query.
std::map<std::optional<std::string>, std::int64_t> count_versions(iothub::HubClient& hub, const std::string& condition);

struct DeviceState {
  Evidence evidence;
  Verdict verdict;
};
/// Reads every twin that is meant, a page at a time, and hands each over judged. Compares no times in queries.
void read_fleet(iothub::HubClient& hub, const FleetQuestion& fleet,
                const std::function<void(const DeviceState&)>& on_device);

}  // namespace fwctl::firmware
