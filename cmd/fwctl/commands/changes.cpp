#include "cmd/fwctl/commands/changes.hpp"

#include <fmt/core.h>

#include "fwctl/base/duration.hpp"

namespace fwctl::cli {
namespace {

constexpr std::chrono::minutes heartbeat{1};

}  // namespace

std::optional<std::string> Changes::to_tell(const std::string& text) {
  const auto now = clock_.uptime();
  if (text != last_) {
    last_ = text;
    changed_ = told_ = now;
    return text;
  }
  if (now - told_ < heartbeat) return std::nullopt;
  told_ = now;
  const auto unchanged = std::chrono::duration_cast<std::chrono::seconds>(now - changed_);
  return fmt::format("{}; no change for {}", text, format_duration(unchanged));
}

}  // namespace fwctl::cli
