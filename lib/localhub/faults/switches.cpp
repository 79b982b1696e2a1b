#include "fwctl/localhub/switches.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "fwctl/base/error.hpp"
#include "lib/localhub/faults/tiers.hpp"
#include "lib/localhub/json.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::int64_t day = 24 * 3600;
constexpr std::int64_t no_bound = std::int64_t{1} << 53;

[[noreturn]] void refuse(std::string_view name, const std::string& why) {
  throw Error(fmt::format("the switch '{}' {}", name, why), "GET /switches, or fwhub serve --help, lists them");
}

std::string describe_range(const SwitchField& field) {
  return std::holds_alternative<double Switches::*>(field.member)
             ? "must be from 0 to 1"
             : fmt::format("must be from {} to {}", field.least, field.most);
}

void check_field(const Switches& switches, const SwitchField& field) {
  bool good = true;
  if (const auto* share = std::get_if<double Switches::*>(&field.member)) {
    good = switches.**share >= 0 && switches.**share <= 1;
  } else if (const auto* number = std::get_if<std::int64_t Switches::*>(&field.member)) {
    good = switches.**number >= field.least && switches.**number <= field.most;
  }
  if (!good) refuse(field.name, describe_range(field));
}

/// Takes a JSON value into a member, if it is of the member's type.
struct Take {
  Switches& switches;
  const Json& value;

  bool operator()(bool Switches::*member) const {
    if (!value.is_boolean()) return false;
    switches.*member = value.get<bool>();
    return true;
  }
  bool operator()(std::int64_t Switches::*member) const {
    const bool fits = value.is_number_integer() &&
                      !(value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{no_bound});
    if (fits) switches.*member = value.get<std::int64_t>();
    return fits;
  }
  bool operator()(double Switches::*member) const {
    if (!value.is_number()) return false;
    switches.*member = value.get<double>();
    return true;
  }
  bool operator()(std::string Switches::*member) const {
    if (!value.is_string()) return false;
    switches.*member = value.get<std::string>();
    return true;
  }
};

}  // namespace

const std::vector<SwitchField>& switch_fields() {
  using S = Switches;
  static const std::vector<SwitchField> fields{
      {"tier", "--tier", "Throttles, job slots and job pace of F1, S1, S2 or S3", &S::tier},
      {"units", "--units", "Purchased units of the tier", &S::units, 1, 200},
      {"retryAfter", "--retry-after", "429 carries Retry-After; the real hub's does not", &S::retry_after},
      {"jobPace", "--job-pace", "Devices that a job handles each second; 0: no limit; -1: the tier's", &S::job_pace, -1,
       1'000'000},
      {"strictJobIds", "--strict-job-ids", "Refuse upper-case letters in job ids", &S::strict_job_ids},
      {"strictFunctions", "--strict-functions", "Refuse CONTAINS, IS_NUMBER and the like in queries",
       &S::strict_functions},
      {"strictMetadata", "--strict-metadata", "Refuse comparisons of $metadata, such as its times, in queries",
       &S::strict_metadata},
      {"deleteWithoutEtag", "--delete-without-etag", "Delete identities without If-Match, too",
       &S::delete_without_etag},
      {"unknownJob404", "--unknown-job-404", "An unknown job is 404, not a document with status unknown",
       &S::unknown_job_404},
      {"oversize400", "--oversize-400", "A twin's section that is too large is 400, not 413", &S::oversize_400},
      {"emptyTags", "--empty-tags", "A new twin has tags {}, not none", &S::empty_tags},
      {"pageLimit", "--page-limit", "Rows of a page at most", &S::page_limit, 1, 1000},
      {"tokenGraceS", "--token-grace-s", "Seconds that a service's token is good for after its expiry",
       &S::token_grace_s, 0, day},
      {"acceptBearer", "--accept-bearer", "Let in every well-formed JWT, to do everything", &S::accept_bearer},
      {"latencyMs", "--latency-ms", "Every answer to a service comes so much later", &S::latency_ms, 0, day * 1000},
      {"error500", "--error-500", "Share of requests answered 500, nothing done", &S::error_500},
      {"error503", "--error-503", "Share of requests answered 503, nothing done", &S::error_503},
      {"error504", "--error-504", "Share of requests answered 504, nothing done", &S::error_504},
      {"lateError", "--late-error", "Share of requests answered 503 though they were carried out", &S::late_error},
      {"dropBefore", "--drop-before", "Share of requests whose connection closes, nothing done", &S::drop_before},
      {"dropAfter", "--drop-after", "Share of requests carried out whose connection then closes", &S::drop_after},
      {"truncate", "--truncate", "Share of answers that end in the middle of the body", &S::truncate},
      {"slowBody", "--slow-body", "Share of answers whose body drips", &S::slow_body},
      {"slowBodyRate", "--slow-body-rate", "Bytes each second of a body that drips", &S::slow_body_rate, 1, 1'000'000},
      {"lostTwinResponse", "--lost-twin-response", "Share of devices' twin requests whose answer is lost",
       &S::lost_twin_response},
      {"duplicateTwinResponse", "--duplicate-twin-response", "Share of devices' twin requests answered twice",
       &S::duplicate_twin_response},
      {"lateTwinResponse", "--late-twin-response", "Share of devices' twin requests whose answer is overtaken",
       &S::late_twin_response},
      {"lateTwinResponseMs", "--late-twin-response-ms", "A late answer comes so much later", &S::late_twin_response_ms,
       1, day * 1000},
      {"twinError412", "--twin-error-412", "Share of devices' patches answered 412, nothing done", &S::twin_error_412},
      {"twinError429", "--twin-error-429", "Share of devices' twin requests answered 429, nothing done",
       &S::twin_error_429},
      {"twinError500", "--twin-error-500", "Share of devices' twin requests answered 500, nothing done",
       &S::twin_error_500},
      {"deviceDisconnect", "--device-disconnect", "Share of devices' messages that end the connection",
       &S::device_disconnect},
      {"silentDeath", "--silent-death", "Share of devices' packets after which the connection is dead but open",
       &S::silent_death},
      {"connack3", "--connack-3", "Share of devices' connects refused as if the hub were unavailable", &S::connack_3},
      {"connack5", "--connack-5", "Share of devices' connects refused though their token is good", &S::connack_5},
      {"subackDelayMs", "--suback-delay-ms", "Every SUBACK comes so much later", &S::suback_delay_ms, 0, day * 1000},
      {"expiryGraceS", "--expiry-grace-s", "A device's connection outlives its token by so much", &S::expiry_grace_s, 0,
       day},
      {"pushDesired", "--push-desired", "A device that kept its subscription is sent its desired section at connect",
       &S::push_desired},
      {"throttledConnack", "--throttled-connack", "A throttled connect is answered CONNACK 3, not closed",
       &S::throttled_connack},
      {"unknownFilterSuback", "--unknown-filter-suback", "SUBSCRIBE to an unknown filter is answered 0x80, not closed",
       &S::unknown_filter_suback},
      {"indexDelayS", "--index-delay-s", "Queries see twins as they were so many seconds ago", &S::index_delay_s, 0,
       day},
      {"unknownJobS", "--unknown-job-s", "A new job is unknown for so many seconds", &S::unknown_job_s, 0, day},
      {"clockOffsetS", "--clock-offset-s", "The hub's clock is wrong by so many seconds", &S::clock_offset_s,
       -3650 * day, 3650 * day},
      {"faultLimit", "--fault-limit", "Each fault happens at most so often; 0: no limit", &S::fault_limit, 0, no_bound},
      {"seed", "--seed", "The same seed, the same faults", &S::seed, 0, no_bound},
  };
  return fields;
}

namespace {

const SwitchField* find_field(std::string_view name) {
  const auto& fields = switch_fields();
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const SwitchField& f) { return f.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

}  // namespace

void check(const Switches& switches) {
  for (const SwitchField& field : switch_fields()) check_field(switches, field);
  if (!switches.tier.empty() && find_tier(switches.tier) == nullptr) refuse("tier", "must be F1, S1, S2 or S3");
}

Switches read_switches(std::string_view json, const Switches& base) {
  const Json document = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) throw Error("the switches are no JSON object");
  Switches result = base;
  for (const auto& [name, value] : document.items()) {
    const SwitchField* field = find_field(name);
    if (field == nullptr) refuse(name, "is none that the hub knows");
    if (!std::visit(Take{result, value}, field->member)) refuse(name, "has a value of the wrong type");
  }
  check(result);
  return result;
}

std::string to_json(const Switches& switches) {
  Json document = Json::object();
  for (const SwitchField& field : switch_fields()) {
    std::visit([&](auto member) { document[field.name] = switches.*member; }, field.member);
  }
  return document.dump(2);
}

}  // namespace fwctl::localhub
