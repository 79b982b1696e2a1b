#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cmd/fwctl/deadline_clock.hpp"
#include "cmd/fwctl/messages.hpp"
#include "cmd/fwctl/settings.hpp"
#include "cmd/fwctl/world.hpp"
#include "fwctl/iothub/connection_string.hpp"
#include "fwctl/iothub/hub_client.hpp"
#include "fwctl/iothub/quota.hpp"

namespace fwctl::cli {

/// What a command may touch, and all of it.
class Context {
 public:
  Context(World& world, Settings settings, Messages& messages);
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

 private:
  DeadlineClock deadline_clock_;  // before what refers to it

 public:
  std::ostream& out;  // the answer alone
  std::ostream& err;  // everything else
  std::istream& in;
  /// Its sleeps end with DeadlinePassed when --timeout passes.
  Clock& clock;
  const std::stop_token stop;
  const Settings settings;
  /// How long a request is repeated.
  iothub::RetryPolicy retry;
  /// What the hub's throttles allow us. Counts all that is sent; a command that asks again and again paces it.
  iothub::Budget& budget();

  /// Read on first use, so that help and a mistyped flag need none.
  const iothub::ServiceConnection& connection();
  /// The hub, connected to on first use.
  iothub::HubClient& hub();

  std::optional<std::string> env(const std::string& name) const { return world_.env(name); }
  /// A number in [0, 1).
  double jitter() const { return world_.jitter(); }
  Terminal terminal() const { return world_.terminal(); }
  /// Whether what stands on that stream may be drawn over.
  bool animates_out() const;
  bool animates_err() const;
  /// Whether text for a terminal may carry colours.
  bool colors() const;

  /// Whether the hub has answered anything but trouble: what fails from then on may pass.
  bool heard_from_hub() const { return heard_; }
  /// How many requests were sent again so far.
  int repeats() const { return repeats_; }

  /// One line for people on stderr, `fwctl: …`; --quiet silences it.
  void notice(const std::string& line) { messages_.notice(line); }

  /// Who shows something while the program waits: a board that stands on the terminal stays alive, and out of the way
  /// of each line on stderr. Empty functions do nothing.
  struct Company {
    std::chrono::nanoseconds every{};  // about so often
    std::function<void()> meanwhile{};
    std::function<void()> before_line{};
    std::function<void()> after_line{};
  };
  void accompany(Company company);

 private:
  iothub::HttpOptions connect_options();
  void tell_retry(const std::string& reason, std::chrono::milliseconds wait);

  World& world_;
  Messages& messages_;
  bool told_retry_ = false;
  bool heard_ = false;
  int repeats_ = 0;
  std::optional<iothub::Budget> budget_;
  std::optional<iothub::ServiceConnection> connection_;
  std::unique_ptr<iothub::Transport> transport_;
  std::optional<iothub::HubClient> hub_;
};

}  // namespace fwctl::cli
