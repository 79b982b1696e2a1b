#pragma once

#include "fwctl/base/error.hpp"

namespace fwctl::cli {

/// There is no such job or device.
class NotFound : public Error {
 public:
  using Error::Error;
};

/// What is there differs from what was asked for, or is past the point where it could be done.
class Conflict : public Error {
 public:
  using Error::Error;
};

/// `--timeout` passed while a command waited.
class DeadlinePassed : public Error {
 public:
  using Error::Error;
  DeadlinePassed() : Error("--timeout passed", "a longer --timeout allows for more") {}
};

/// Standard output takes no more: the pipe was closed or the disk is full.
class OutputError : public Error {
 public:
  OutputError() : Error("standard output was closed or full before everything was written") {}
};

}  // namespace fwctl::cli
