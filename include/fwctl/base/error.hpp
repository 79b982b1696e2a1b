#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace fwctl {

/// What every failure of ours is. `what()` says what failed and why, on one line and without a trailing dot;
/// `hint()` what to do next, or nothing. Neither ever holds a key, a signature or a token.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& what, std::string hint = {}) : std::runtime_error(what), hint_(std::move(hint)) {}

  const std::string& hint() const noexcept { return hint_; }

 private:
  std::string hint_;
};

/// The command, or what it was given, is wrong. Thrown before anything was sent.
class UsageError : public Error {
 public:
  using Error::Error;
};

/// The user asked us to stop while we waited.
class Interrupted : public Error {
 public:
  Interrupted() : Error("interrupted") {}
};

}  // namespace fwctl
