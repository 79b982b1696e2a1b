#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "fwctl/base/error.hpp"

namespace fwctl::iothub {

/// The hub said no. `what()` reads `DeviceNotFound (HTTP 404): <the hub's text> [tracking id …]`.
class ServiceError : public Error {
 public:
  struct Detail {
    int status = 0;           // HTTP
    std::string code;         // DeviceNotFound, ThrottlingException, …; empty when the answer names none
    std::string message;      // the hub's own text, for people: never decide by it
    std::string tracking_id;  // what Azure support asks for; may be empty
    std::string body;         // as it came, for operations whose refusal is also an answer
    std::optional<std::chrono::seconds> retry_after;
  };
  explicit ServiceError(Detail detail, std::string hint = {});

  const Detail& detail() const noexcept { return detail_; }
  int status() const noexcept { return detail_.status; }
  const std::string& code() const noexcept { return detail_.code; }
  /// Every refusal of a hub's has a code; a gateway's, or a captive portal's, has none.
  bool is_of_hub() const noexcept { return !detail_.code.empty(); }
  /// All slots for scheduled jobs are taken: waiting takes minutes, which no repeat of a request is for.
  bool no_job_slot() const noexcept;
  /// The messages that the hub's units are good for in a day are used up. 403, and gone at midnight UTC.
  bool quota_exceeded() const noexcept;

 private:
  Detail detail_;
};

/// No answer came. `maybe_acted()` says whether the hub may have carried the request out all the same.
class TransportError : public Error {
 public:
  TransportError(const std::string& what, bool maybe_acted, std::string hint = {})
      : Error(what, std::move(hint)), maybe_acted_(maybe_acted) {}

  bool maybe_acted() const noexcept { return maybe_acted_; }

 private:
  bool maybe_acted_;
};

/// No connection came about, because nobody whom we trust vouches for the other end. Trying again changes nothing.
class UntrustedError : public TransportError {
 public:
  UntrustedError(const std::string& what, std::string hint) : TransportError(what, false, std::move(hint)) {}
};

/// An answer came that no IoT Hub should send: not JSON, a member missing or of the wrong type.
class ProtocolError : public Error {
 public:
  explicit ProtocolError(const std::string& what)
      : Error(what, "an IoT hub does not answer so: check HostName, and what stands between here and there") {}
};

}  // namespace fwctl::iothub
