#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "fwctl/base/clock.hpp"

namespace fwctl::cli {

/// What of a text that is seen again and again is worth a line: every change, and a heartbeat when there was none for a
/// minute, so that a log shows that somebody still watches.
class Changes {
 public:
  explicit Changes(const Clock& clock) : clock_(clock) {}

  /// The text; with how long it has not changed, when that is all there is to say; nullopt: nothing.
  std::optional<std::string> to_tell(const std::string& text);

 private:
  const Clock& clock_;
  std::string last_;
  std::chrono::nanoseconds changed_{};
  std::chrono::nanoseconds told_{};
};

}  // namespace fwctl::cli
