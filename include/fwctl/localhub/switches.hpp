#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace fwctl::localhub {

/// The stand-in's quotas and faults. All are off: a hub that was told nothing is as large and as kind as it can be.
struct Switches {
  // Quotas of the real hub.
  std::string tier{};          // F1, S1, S2 or S3: its throttles, job slots and job pace; empty: none
  std::int64_t units = 1;      // purchased units of that tier
  bool retry_after = false;    // 429 carries Retry-After, which the real hub's does not
  std::int64_t job_pace = -1;  // twins that a job writes each second; 0: as fast as it can; -1: the tier's

  // Where nobody outside knows what the real hub does, or where it was seen to do both.
  bool strict_job_ids = false;       // upper-case letters in job ids are refused, as was seen in 2026
  bool strict_functions = false;     // queries know only the functions that are documented for twins
  bool strict_metadata = false;      // and compare nothing in $metadata, such as the times of reports
  bool delete_without_etag = false;  // identities are deleted without If-Match, too
  bool unknown_job_404 = false;      // an unknown job is 404 JobNotFound
  bool oversize_400 = false;         // a section that is too large is 400 ArgumentInvalid
  bool empty_tags = false;           // a new twin has tags {}, not none
  std::int64_t page_limit = 100;     // rows of a page; up to 1000 as in the hub's early years
  std::int64_t token_grace_s = 300;  // a service's token is good for so long after its expiry
  bool accept_bearer = false;        // every well-formed JWT is let in, and may do everything

  // Faults of service requests: shares of them, from 0 to 1, except for the latency, which all have.
  std::int64_t latency_ms = 0;
  double error_500 = 0;              // ServerError, and nothing was done
  double error_503 = 0;              // ServiceUnavailable, and nothing was done
  double error_504 = 0;              // GatewayTimeout, and nothing was done
  double late_error = 0;             // ServiceUnavailable, though it was done
  double drop_before = 0;            // the connection closes, and nothing was done
  double drop_after = 0;             // the connection closes, though it was done
  double truncate = 0;               // half of the body comes, then the connection closes
  double slow_body = 0;              // the body drips
  std::int64_t slow_body_rate = 64;  // its bytes each second

  // Faults of devices' messages: shares of them.
  double lost_twin_response = 0;              // done, but the answer never comes
  double duplicate_twin_response = 0;         // the answer comes twice
  double late_twin_response = 0;              // later answers overtake this one
  std::int64_t late_twin_response_ms = 1000;  // that comes so much later
  double twin_error_412 = 0;                  // of patches: as if $version had not matched
  double twin_error_429 = 0;                  // throttled, and nothing was done
  double twin_error_500 = 0;                  // ServerError, and nothing was done
  double device_disconnect = 0;               // the connection closes, and nothing was done
  double silent_death = 0;                    // the connection stays, but the hub says nothing more on it
  double connack_3 = 0;                       // of connects: server unavailable
  double connack_5 = 0;                       // of connects: not authorised, though the token is good
  std::int64_t suback_delay_ms = 0;           // every SUBACK comes so much later

  // What devices may meet at the real hub, as nobody knows for certain.
  std::int64_t expiry_grace_s = 0;     // a connection outlives its token by so much
  bool push_desired = false;           // at connect, where the subscription was kept
  bool throttled_connack = false;      // a throttled connect is answered 3, not closed
  bool unknown_filter_suback = false;  // SUBSCRIBE to an unknown filter is answered 0x80, not closed

  // A hub that lags behind itself.
  std::int64_t index_delay_s = 0;   // queries see twins as they were so many seconds ago
  std::int64_t unknown_job_s = 0;   // a new job is `unknown` for so long
  std::int64_t clock_offset_s = 0;  // the hub's clock is wrong by so much

  std::int64_t fault_limit = 0;  // each fault happens at most so often; 0: no limit
  std::int64_t seed = 1;         // the same seed, the same faults
};

/// One of them: how it is called in a JSON document, and on a command line (`--latency-ms`).
struct SwitchField {
  const char* name;
  const char* option;
  const char* help;
  std::variant<bool Switches::*, std::int64_t Switches::*, double Switches::*, std::string Switches::*> member;
  std::int64_t least = 0;  // of numbers that are no shares
  std::int64_t most = 0;
};
const std::vector<SwitchField>& switch_fields();

/// `base` with what a JSON object names, e.g. {"tier":"S1","error503":0.1}. Throws Error that names the member that is
/// unknown, of the wrong type, or out of range.
Switches read_switches(std::string_view json, const Switches& base);

/// All of them as a JSON object.
std::string to_json(const Switches& switches);

/// Throws Error when a value is out of range or the tier is none.
void check(const Switches& switches);

}  // namespace fwctl::localhub
