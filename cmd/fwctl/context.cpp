#include "cmd/fwctl/context.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cmd/common/connection.hpp"
#include "cmd/fwctl/connection.hpp"
#include "fwctl/base/duration.hpp"
#include "fwctl/base/url.hpp"
#include "fwctl/iothub/error.hpp"

namespace fwctl::cli {
namespace {

/// No try takes longer than the user allows, and none begins after --timeout. Notes whether the hub was heard.
class Hurried final : public iothub::Transport {
 public:
  Hurried(std::unique_ptr<iothub::Transport> next, const DeadlineClock& clock, std::chrono::milliseconds limit,
          bool& heard)
      : next_(std::move(next)), clock_(clock), limit_(limit), heard_(heard) {}

  HttpResponse send(const iothub::Call& call) override {
    iothub::Call hurried = call;
    hurried.timeout = std::min(call.timeout, limit_);
    if (const auto left = clock_.time_left()) {
      if (left->count() == 0) throw DeadlinePassed();
      hurried.timeout = std::min(hurried.timeout, std::chrono::ceil<std::chrono::milliseconds>(*left));
    }
    HttpResponse response = send_in_time(hurried);
    heard_ |= response.status >= 200 && response.status < 300;
    return response;
  }

 private:
  /// That a hub which answers did not do it any more is for want of time.
  HttpResponse send_in_time(const iothub::Call& call) {
    try {
      return next_->send(call);
    } catch (const iothub::TransportError&) {
      if (const auto left = clock_.time_left(); heard_ && left && left->count() == 0) throw DeadlinePassed();
      throw;
    }
  }

  std::unique_ptr<iothub::Transport> next_;
  const DeadlineClock& clock_;
  std::chrono::milliseconds limit_;
  bool& heard_;
};

}  // namespace

Context::Context(World& world, Settings chosen, Messages& messages)
    : deadline_clock_(world.clock, chosen.timeout),
      out(world.out),
      err(world.err),
      in(world.in),
      clock(deadline_clock_),
      stop(world.stop),
      settings(std::move(chosen)),
      world_(world),
      messages_(messages) {
  messages_.adopt(settings);
  retry.deadline = deadline_clock_.deadline();
}

bool Context::animates_out() const { return terminal().out_is_terminal && env("TERM") != "dumb"; }

bool Context::animates_err() const {
  return terminal().err_is_terminal && env("TERM") != "dumb" && settings.log_format == LogFormat::text;
}

bool Context::colors() const { return !settings.no_color && env("NO_COLOR").value_or("").empty(); }

void Context::accompany(Company company) {
  deadline_clock_.set_meanwhile(std::move(company.meanwhile), company.every);
  messages_.set_around_lines(std::move(company.before_line), std::move(company.after_line));
}

const iothub::ServiceConnection& Context::connection() {
  if (connection_) return *connection_;
  connection_ = load_connection(settings, world_, [this](const auto& line) { notice(line); });
  messages_.hide(connection_->key.reveal());
  messages_.hide(percent_encode(connection_->key.reveal()));
  return *connection_;
}

iothub::HttpOptions Context::connect_options() {
  return http_options(connection().host_name, settings.ca_file, {world_.env, world_.in}, world_.stop);
}

iothub::Budget& Context::budget() {
  const iothub::HubSize size{settings.tier, settings.units};
  if (!budget_) budget_.emplace(clock, size, settings.budget_share);
  return *budget_;
}

iothub::HubClient& Context::hub() {
  if (hub_) return *hub_;
  auto sent =
      std::make_unique<Hurried>(world_.connect(connect_options()), deadline_clock_, settings.request_timeout, heard_);
  auto signed_ = iothub::with_sas_token(std::move(sent), connection(), clock);
  auto logged = iothub::with_logging(std::move(signed_), clock, [this](const auto& entry) { messages_.log(entry); });
  auto counted = iothub::with_budget(std::move(logged), clock, budget());
  transport_ = iothub::with_retry(
      std::move(counted), clock, retry, [this](const auto& reason, auto wait) { tell_retry(reason, wait); },
      world_.jitter);
  return hub_.emplace(*transport_, clock, "fwctl/" FWCTL_VERSION);
}

void Context::tell_retry(const std::string& reason, std::chrono::milliseconds wait) {
  ++repeats_;
  if (std::exchange(told_retry_, true) && settings.verbosity == 0) return;
  notice(
      fmt::format("{}, waiting {}", reason,
                  format_duration(std::max(std::chrono::round<std::chrono::seconds>(wait), std::chrono::seconds{1}))));
}

}  // namespace fwctl::cli
