#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "fwctl/base/clock.hpp"

namespace fwctl::firmware {

/// How fast devices come to their end, by what was seen in the last five minutes.
class Pace {
 public:
  /// So many devices had come to their end then. A time that was seen already says nothing new.
  void add(Time at, std::int64_t decided);

  /// Devices a minute; nullopt: none came to its end while we looked, or it can't be told yet.
  std::optional<double> per_minute() const;
  /// When so many more will have come to theirs, if they go on like this.
  std::optional<Time> end_of(std::int64_t left) const;

 private:
  struct Seen {
    Time at;
    std::int64_t decided;
  };
  std::deque<Seen> seen_;
};

}  // namespace fwctl::firmware
