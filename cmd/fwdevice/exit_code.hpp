#pragma once

namespace fwctl::device::cli {

/// The part of the README's table that fwdevice needs.
enum class ExitCode {
  ok = 0,            // stopped by SIGINT or SIGTERM
  failed = 1,        // unexpected failure
  usage = 2,         // usage or validation: nothing was done
  denied = 4,        // the hub refuses the credentials
  unavailable = 75,  // the hub cannot be reached to register the fleet; safe to run again
};

}  // namespace fwctl::device::cli
