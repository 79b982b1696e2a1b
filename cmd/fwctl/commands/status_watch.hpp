#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cmd/fwctl/commands/changes.hpp"
#include "cmd/fwctl/commands/progress.hpp"
#include "cmd/fwctl/context.hpp"
#include "cmd/fwctl/exit_code.hpp"
#include "cmd/fwctl/output/heartbeat.hpp"
#include "cmd/fwctl/output/live_board.hpp"
#include "cmd/fwctl/output/output.hpp"
#include "fwctl/firmware/fleet_observer.hpp"

namespace fwctl::cli {

constexpr int most_devices = 20;

struct StatusArgs {
  std::string where{firmware::default_condition};
  std::string until_version;
  std::chrono::milliseconds interval{5'000};
  std::chrono::milliseconds device_timeout{15 * 60'000};
  std::optional<int> limit;  // of lines of single devices; most_devices when it is not given
  bool once = false;
  bool devices = false;
};

firmware::FleetQuestion fleet_of(const StatusArgs& args);

/// Looks at a fleet again and again, and shows what it sees: a board on a terminal, else a line a change, or with jsonl
/// and tsv what was seen at every look.
class StatusWatch {
 public:
  StatusWatch(Context& ctx, const StatusArgs& args);

  /// How the watch ends, or nullopt.
  std::optional<ExitCode> look();
  /// Prints what was seen last, when the time is over.
  void give_up();

 private:
  std::optional<ExitCode> settled_code();
  void limit_shown();
  Board board() const;
  nlohmann::ordered_json document() const;
  void print();
  void print_last();
  void print_tsv();
  void print_change();
  void print_changes();
  void print_summary(const std::string& text);

  Context& ctx_;
  const StatusArgs& args_;
  firmware::FleetObserver observer_;
  firmware::FleetCount count_;
  std::vector<firmware::DeviceState> shown_;
  std::size_t unshown_ = 0;
  Changes changes_;
  std::map<std::string, std::string> told_;  // the state of each device that was shown
  Progress progress_;
  TableWriter table_;
  bool titled_ = false;
  std::optional<LiveBoard> board_;  // after what it shows
  std::optional<Heartbeat> heartbeat_;
};

}  // namespace fwctl::cli
