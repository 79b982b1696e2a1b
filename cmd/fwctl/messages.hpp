#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "cmd/fwctl/exit_code.hpp"
#include "cmd/fwctl/settings.hpp"
#include "fwctl/base/clock.hpp"
#include "fwctl/iothub/transport.hpp"

namespace spdlog {
class logger;
namespace level {
enum level_enum : int;
}
}  // namespace spdlog

namespace fwctl::cli {

/// Whatever stderr says in lines: errors, notices for people, and the log of requests. As text, or (--log-format json)
/// as one JSON object a line, which a log collector takes as it is.
class Messages {
 public:
  Messages(std::ostream& err, const Clock& clock, LogFormat format);
  ~Messages();
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;

  /// From here on -q, -v and -vv hold.
  void adopt(const Settings& settings);

  /// From here on that text is not shown, in whatever it stands: who is asked may show us what we sent.
  void hide(std::string secret);

  /// What is done before and after each line, so that it does not fall into what is drawn on the terminal.
  void set_around_lines(std::function<void()> before, std::function<void()> after);

  /// Why the program ends with that code, and what to do about it (may be empty). Nothing silences it.
  void error(const std::string& what, const std::string& hint, ExitCode code);
  /// Something worth knowing that is not the answer. Silent with -q.
  void notice(const std::string& line);
  /// Silent unless -v, or -vv for level 2.
  void log(const iothub::LogEntry& entry);

 private:
  void write(spdlog::level::level_enum level, std::string line);

  const Clock& clock_;
  LogFormat format_;
  bool quiet_ = false;
  std::vector<std::string> secrets_;
  std::function<void()> before_line_;
  std::function<void()> after_line_;
  std::unique_ptr<spdlog::logger> logger_;
};

}  // namespace fwctl::cli
