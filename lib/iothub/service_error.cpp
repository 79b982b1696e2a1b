#include "lib/iothub/service_error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <nlohmann/json.hpp>

#include "lib/iothub/secrets.hpp"
#include "lib/iothub/wire_names.hpp"

namespace fwctl::iothub {
namespace {

using nlohmann::json;

constexpr std::size_t longest_text = 300;

std::string one_line(std::string text) {
  text = without_secrets(std::move(text));
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  if (text.size() > longest_text) text = text.substr(0, longest_text) + "...";
  return text;
}

const json* find(const json& object, std::string_view name) {
  for (const auto& [key, value] : object.items()) {
    const bool same = std::equal(key.begin(), key.end(), name.begin(), name.end(),
                                 [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
    if (same) return &value;
  }
  return nullptr;
}

std::string text(const json& object, std::string_view name) {
  const json* found = find(object, name);
  if (found == nullptr || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

/// "Tracking ID:<id>-G:3-TimeStamp:…" → "<id>-G:3-TimeStamp:…"
std::string after_tracking(const std::string& exception_message) {
  constexpr std::string_view label = "Tracking ID:";
  const std::size_t at = exception_message.find(label);
  return at == std::string::npos ? std::string{} : exception_message.substr(at + label.size());
}

void read_code_and_text(ServiceError::Detail& detail, const std::string& message) {
  constexpr std::string_view label = "ErrorCode:";
  const std::size_t end = message.find(';');
  if (!message.starts_with(label)) {
    detail.message = message;
    return;
  }
  if (detail.code.empty()) detail.code = message.substr(label.size(), end - label.size());
  detail.message = end == std::string::npos ? std::string{} : message.substr(end + 1);
  // Of a job's refusal the text ends in the envelope of another service, which says no more.
  if (const std::size_t nested = detail.message.find(" {\"Message\""); nested != std::string::npos) {
    detail.message.resize(nested);
  }
}

void read_envelope(ServiceError::Detail& detail, const std::string& body, int depth) {
  const json parsed = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) {
    detail.message = body;
    return;
  }
  const std::string message = text(parsed, "Message");
  if (message.starts_with('{') && depth == 0) {
    read_envelope(detail, message, depth + 1);
  } else {
    read_code_and_text(detail, message);
  }
  if (detail.code.empty()) detail.code = text(parsed, "errorCode");
  if (detail.tracking_id.empty()) detail.tracking_id = text(parsed, "trackingId");
  if (detail.tracking_id.empty()) detail.tracking_id = after_tracking(text(parsed, "ExceptionMessage"));
}

std::string clock_hint(const HttpResponse& response, Time now) {
  const auto theirs = parse_http_date(header(response.headers, wire::date));
  if (!theirs) return {};
  const auto skew = std::chrono::duration_cast<std::chrono::minutes>(*theirs - now);
  if (std::abs(skew.count()) < 5) return {};
  return fmt::format("this machine's clock is {} minutes {} the hub's: set it right", std::abs(skew.count()),
                     skew.count() > 0 ? "behind" : "ahead of");
}

std::string hint_for(const ServiceError::Detail& detail, const HttpResponse& response, Time now) {
  if (detail.code == wire::quota_exceeded) return "the hub's messages of today are used up: it goes on at midnight UTC";
  if (detail.status == 401 || detail.status == 403) {
    const std::string clock = clock_hint(response, now);
    return clock.empty() ? "check the key and what its policy allows: jobs, twins and queries need ServiceConnect, "
                           "devices need RegistryRead and RegistryWrite"
                         : clock;
  }
  if (detail.code == wire::no_job_slot) {
    return "another job runs or waits to start: `fwctl job list` shows it; try again when it has ended";
  }
  if (detail.status == 400) return "the hub takes the request for malformed: look at the part that it names";
  if (detail.status == 407) return "the proxy asks for a user: write it as http://user:password@host into HTTPS_PROXY";
  if (detail.status == 413) return "ask for less at once, or write less";
  if (detail.status < 400) return "an IoT hub sends nobody elsewhere: check HostName, and the proxy if there is one";
  if (detail.status == 429) return "the hub is throttling: try again in a while";
  if (detail.status == 412) return "it has changed meanwhile: read it again and repeat the change";
  if (detail.status >= 500) return "the hub is in trouble: try again";
  if (detail.code.empty()) return "an IoT hub does not answer so: check HostName, and what stands between";
  return {};
}

}  // namespace

std::optional<std::chrono::seconds> retry_after(const HttpResponse& response, Time now) {
  const std::string_view text = header(response.headers, wire::retry_after);
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc{} && end == text.data() + text.size() && seconds >= 0) return std::chrono::seconds{seconds};
  const auto date = parse_http_date(text);
  if (!date) return std::nullopt;
  constexpr std::chrono::seconds longest = std::chrono::hours{24};
  return std::clamp(std::chrono::ceil<std::chrono::seconds>(*date - now), std::chrono::seconds{0}, longest);
}

ServiceError service_error(const HttpResponse& response, Time now) {
  ServiceError::Detail detail;
  detail.status = response.status;
  detail.body = response.body;
  detail.code = header(response.headers, wire::error_code);
  read_envelope(detail, response.body, 0);
  detail.code = one_line(detail.code);
  detail.message = one_line(detail.message);
  detail.tracking_id = one_line(detail.tracking_id);
  detail.retry_after = retry_after(response, now);
  std::string hint = hint_for(detail, response, now);
  return ServiceError(std::move(detail), std::move(hint));
}

}  // namespace fwctl::iothub
