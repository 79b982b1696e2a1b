#pragma once

namespace fwctl::cli {

/// What scripts decide by; the README's table says the same.
enum class ExitCode {
  ok = 0,                 // goal reached
  failed = 1,             // unexpected failure
  usage = 2,              // usage or validation: nothing was sent, or the hub refused it as malformed
  not_found = 3,          // job or device not found
  denied = 4,             // authentication or permission
  job_failed = 5,         // the job failed as a whole, or no device succeeded
  some_failed = 6,        // finished, but some devices failed
  halted = 7,             // halted by a threshold or gate
  pending = 8,            // still pending, and we were asked not to wait
  conflict = 9,           // that id exists with other content, or the state does not allow it
  cancelled = 10,         // the job was cancelled
  unavailable = 75,       // throttled or unreachable past the retry budget; safe to run again
  deadline_passed = 124,  // the job still runs
  interrupted = 130,      // SIGINT
  terminated = 143,       // SIGTERM
};

}  // namespace fwctl::cli
