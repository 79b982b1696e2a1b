#pragma once

#include <array>
#include <string_view>

namespace fwctl::cli {

/// What scripts decide by.
enum class ExitCode {
  ok = 0,
  failed = 1,
  usage = 2,
  not_found = 3,
  denied = 4,
  job_failed = 5,
  some_failed = 6,
  halted = 7,
  pending = 8,
  conflict = 9,
  cancelled = 10,
  unavailable = 75,
  deadline_passed = 124,
  interrupted = 130,
  terminated = 143,
};

struct ExitCodeMeaning {
  ExitCode code;
  std::string_view meaning;
};

/// What each of them promises: `fwctl help exit-codes`. The README's table says the same.
inline constexpr std::array exit_code_table{
    ExitCodeMeaning{ExitCode::ok, "goal reached"},
    ExitCodeMeaning{ExitCode::failed, "unexpected failure"},
    ExitCodeMeaning{ExitCode::usage,
                    "usage or validation: nothing was sent, or the hub refused it as malformed (HTTP 400)"},
    ExitCodeMeaning{ExitCode::not_found, "job or device not found"},
    ExitCodeMeaning{ExitCode::denied, "authentication or permission"},
    ExitCodeMeaning{ExitCode::job_failed, "the job failed as a whole, or no device succeeded"},
    ExitCodeMeaning{ExitCode::some_failed, "finished, but some devices failed"},
    ExitCodeMeaning{ExitCode::halted, "halted by a threshold or gate"},
    ExitCodeMeaning{ExitCode::pending, "still pending, and we were asked not to wait"},
    ExitCodeMeaning{
        ExitCode::conflict,
        "conflict: that id exists with other content, the twin has moved on, or the job is past cancelling"},
    ExitCodeMeaning{ExitCode::cancelled, "the job was cancelled"},
    ExitCodeMeaning{ExitCode::unavailable, "throttled or unreachable past the retry budget; safe to run again"},
    ExitCodeMeaning{ExitCode::deadline_passed, "deadline passed; the job still runs"},
    ExitCodeMeaning{ExitCode::interrupted, "interrupted (SIGINT); a job is never cancelled by that"},
    ExitCodeMeaning{ExitCode::terminated, "terminated (SIGTERM, SIGHUP); a job is never cancelled by that"},
};

}  // namespace fwctl::cli
