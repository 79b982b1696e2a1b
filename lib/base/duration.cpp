#include "fwctl/base/duration.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <utility>

namespace fwctl {
namespace {

using std::chrono::milliseconds;

// "ms" stands before "m": the first that fits is taken.
constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> units{
    {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::int64_t longest_ms = std::int64_t{100} * 365 * 86'400'000;

std::optional<std::int64_t> take_unit(std::string_view& text) {
  for (const auto& [name, ms] : units) {
    if (!text.starts_with(name)) continue;
    text.remove_prefix(name.size());
    return ms;
  }
  return std::nullopt;
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  while (!text.empty()) {
    std::uint32_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const auto unit = take_unit(text);
    if (!unit) return std::nullopt;
    total += std::int64_t{count} * *unit;
    if (total > longest_ms) return std::nullopt;
  }
  return milliseconds{total};
}

std::string format_duration(std::chrono::seconds duration) {
  const auto s = duration.count();
  if (s < 60) return fmt::format("{}s", s);
  if (s < 3'600) return fmt::format("{}m {:02}s", s / 60, s % 60);
  if (s < 86'400) return fmt::format("{}h {:02}m", s / 3'600, s % 3'600 / 60);
  return fmt::format("{}d {:02}h", s / 86'400, s % 86'400 / 3'600);
}

std::string duration_argument(std::chrono::milliseconds duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  return seconds == duration ? fmt::format("{}s", seconds.count()) : fmt::format("{}ms", duration.count());
}

}  // namespace fwctl
