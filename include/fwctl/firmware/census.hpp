#pragma once

#include <compare>
#include <map>
#include <string>

#include "fwctl/firmware/fleet_reader.hpp"

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
  std::int64_t decided = 0;  // of them; nothing more is expected of those. Of a query, not those that ran out of time
  Source source = Source::none;
  Time as_of;

  void add(const Evidence& evidence, const Verdict& verdict, std::int64_t devices);
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

}  // namespace fwctl::firmware
