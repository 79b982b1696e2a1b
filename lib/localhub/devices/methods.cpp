#include "lib/localhub/devices/methods.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "lib/localhub/devices/topic_query.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::size_t largest_payload = 128U * 1024;

std::chrono::seconds seconds_member(const Json& body, const char* name, std::int64_t fallback, std::int64_t least) {
  constexpr std::int64_t most = 300;
  return std::chrono::seconds{whole_member(body, name, least, most).value_or(fallback)};
}

bool fits_in_topic(const std::string& name) {
  return std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return c >= 0x20 && c != 0x7F && std::string_view("/?#+").find(static_cast<char>(c)) == std::string_view::npos;
  });
}

ApiError not_online() {
  return {error_names::device_not_online,
          "The operation failed because the requested device isn't online or hasn't registered the direct method "
          "callback.",
          Envelope::nested};
}

ApiError no_answer() {
  return {error_names::gateway_timeout, "Timed out waiting for the response from device.", Envelope::nested};
}

/// A device may answer with nothing, or with what is no JSON; the caller gets JSON all the same.
std::string json_payload(std::string_view payload) {
  if (payload.empty()) return "null";
  if (Json::accept(payload)) return std::string(payload);
  return Json(std::string(payload)).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

MethodCall read_method_call(const Json& body) {
  MethodCall call;
  call.name = text_member(body, "methodName");
  if (call.name.empty()) throw ApiError(error_names::argument_null, "methodName is missing.");
  if (call.name.size() > 128 || !fits_in_topic(call.name)) {
    throw ApiError(error_names::argument_invalid, "methodName has at most 128 characters, and none of / ? # +.");
  }
  if (const Json* payload = find_member(body, "payload")) call.payload = payload->dump();
  if (call.payload.size() > largest_payload) {
    throw ApiError(error_names::too_large, "The payload of a method is at most 128 KB.");
  }
  call.response_timeout = seconds_member(body, "responseTimeoutInSeconds", 30, 5);
  call.connect_timeout = seconds_member(body, "connectTimeoutInSeconds", 0, 0);
  if (call.connect_timeout > call.response_timeout) {
    throw ApiError(error_names::argument_invalid,
                   "Device connection timeout cannot be longer than an overall call timeout.");
  }
  return call;
}

void Methods::invoke(const TwinKey& key, const MethodCall& call, Done done) {
  const auto connection = sessions_.listening(key, wire::method_calls);
  if (!connection && call.connect_timeout.count() == 0) return done(not_online());
  const Id id = ++last_;
  pending_.emplace(id, Pending{key, call, std::nullopt, {}, std::move(done)});
  if (connection) {
    send(id, *connection);
  } else {
    set_deadline(id, core_.clock.now() + call.connect_timeout);
  }
}

void Methods::send(Id id, ConnectionId connection) {
  Pending& pending = pending_.at(id);
  pending.connection = connection;
  set_deadline(id, core_.clock.now() + pending.call.response_timeout);
  sessions_.send(connection, fmt::format("{}{}/?$rid={:x}", wire::method_call, pending.call.name, id),
                 pending.call.payload);
}

void Methods::set_deadline(Id id, Time deadline) {
  Pending& pending = pending_.at(id);
  deadlines_.erase({pending.deadline, id});
  pending.deadline = deadline;
  deadlines_.emplace(deadline, id);
}

void Methods::finish(Id id, const Outcome& outcome) {
  const auto found = pending_.find(id);
  const Done done = std::move(found->second.done);
  deadlines_.erase({found->second.deadline, id});
  pending_.erase(found);
  done(outcome);
}

bool Methods::answer(ConnectionId connection, std::string_view status_and_query, std::string_view payload) {
  const std::size_t slash = status_and_query.find('/');
  if (slash == std::string_view::npos) return false;
  int status = 0;
  const auto [end, error] = std::from_chars(status_and_query.data(), status_and_query.data() + slash, status);
  if (error != std::errc{} || end != status_and_query.data() + slash) return false;
  if (payload.size() > largest_payload) return false;
  const auto found = find(raw_parameter(status_and_query.substr(slash + 1), "$rid").value_or(""));
  // A late answer goes nowhere, and one from another connection is nobody's.
  if (found == pending_.end() || found->second.connection != connection) return true;
  finish(found->first, MethodAnswer{status, json_payload(payload)});
  return true;
}

Methods::Calls::iterator Methods::find(const std::string& rid) {
  Id id = 0;
  const auto [end, error] = std::from_chars(rid.data(), rid.data() + rid.size(), id, 16);
  return error == std::errc{} && end == rid.data() + rid.size() ? pending_.find(id) : pending_.end();
}

void Methods::on_listening(const TwinKey& key) {
  for (auto& [id, pending] : pending_) {
    if (pending.connection || pending.key != key) continue;
    const auto connection = sessions_.listening(key, wire::method_calls);
    if (connection) send(id, *connection);
  }
}

void Methods::on_gone(ConnectionId connection) {
  std::vector<Id> lost;
  for (const auto& [id, pending] : pending_) {
    if (pending.connection == connection) lost.push_back(id);
  }
  for (const Id id : lost) finish(id, not_online());
}

std::optional<Time> Methods::next_due() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

void Methods::run_due() {
  while (!deadlines_.empty() && deadlines_.begin()->first <= core_.clock.now()) {
    const Id id = deadlines_.begin()->second;
    finish(id, pending_.at(id).connection ? no_answer() : not_online());
  }
}

}  // namespace fwctl::localhub
