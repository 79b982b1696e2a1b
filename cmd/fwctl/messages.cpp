#include "cmd/fwctl/messages.hpp"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <nlohmann/json.hpp>

#include "cmd/fwctl/output/text.hpp"
#include "fwctl/base/iso8601.hpp"

namespace fwctl::cli {
namespace {

using Json = nlohmann::ordered_json;
using spdlog::level::level_enum;

std::unique_ptr<spdlog::logger> make_logger(std::ostream& err) {
  auto logger = std::make_unique<spdlog::logger>("fwctl", std::make_shared<spdlog::sinks::ostream_sink_st>(err));
  logger->set_pattern("%v");  // the time is our clock's, not the library's
  logger->set_level(level_enum::warn);
  return logger;
}

level_enum level_of(int verbosity) {
  return verbosity <= 0 ? level_enum::warn : verbosity == 1 ? level_enum::info : level_enum::debug;
}

void replace_all(std::string& text, const std::string& what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

Json new_line(const Clock& clock, const char* level, const std::string& message) {
  return {{"time", format_iso8601_millis(clock.now())}, {"level", level}, {"message", message}};
}

/// In ASCII, so that nothing in it moves a terminal's cursor.
std::string to_text(const Json& line) {
  return line.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
}

Json request_line(const Clock& clock, const iothub::LogEntry& entry) {
  Json line = new_line(clock, entry.level == 1 ? "info" : "debug", entry.message);
  if (!entry.method.empty()) line["method"] = entry.method;
  if (!entry.path.empty()) line["path"] = entry.path;
  if (entry.status) line["status"] = *entry.status;
  if (entry.elapsed) line["milliseconds"] = entry.elapsed->count();
  if (!entry.error_code.empty()) line["errorCode"] = entry.error_code;
  return line;
}

}  // namespace

Messages::Messages(std::ostream& err, const Clock& clock, LogFormat format)
    : clock_(clock), format_(format), logger_(make_logger(err)) {}

Messages::~Messages() = default;

void Messages::adopt(const Settings& settings) {
  format_ = settings.log_format;
  quiet_ = settings.quiet;
  logger_->set_level(level_of(settings.verbosity));
}

void Messages::set_around_lines(std::function<void()> before, std::function<void()> after) {
  before_line_ = std::move(before);
  after_line_ = std::move(after);
}

void Messages::hide(std::string secret) { secrets_.push_back(std::move(secret)); }

void Messages::write(level_enum level, std::string line) {
  if (!logger_->should_log(level)) return;
  for (const std::string& secret : secrets_) replace_all(line, secret, "***");
  if (before_line_) before_line_();
  logger_->log(level, line);
  if (after_line_) after_line_();
}

void Messages::error(const std::string& what, const std::string& hint, ExitCode code) {
  if (format_ == LogFormat::json) {
    Json line = new_line(clock_, "error", what);
    if (!hint.empty()) line["hint"] = hint;
    line["exitCode"] = static_cast<int>(code);
    return write(level_enum::err, to_text(line));
  }
  write(level_enum::err, "fwctl: " + printable(what));
  if (!hint.empty()) write(level_enum::err, "hint: " + printable(hint));
}

void Messages::notice(const std::string& line) {
  if (quiet_) return;
  const bool json = format_ == LogFormat::json;
  write(level_enum::warn, json ? to_text(new_line(clock_, "notice", line)) : "fwctl: " + printable(line));
}

void Messages::log(const iothub::LogEntry& entry) {
  const bool json = format_ == LogFormat::json;
  write(level_of(entry.level),
        json ? to_text(request_line(clock_, entry))
             : fmt::format("{} {}", format_iso8601_millis(clock_.now()), printable(entry.message)));
}

}  // namespace fwctl::cli
