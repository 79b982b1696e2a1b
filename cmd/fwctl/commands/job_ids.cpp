#include "cmd/fwctl/commands/job_ids.hpp"

#include <fmt/format.h>

#include <charconv>

#include "fwctl/base/error.hpp"
#include "fwctl/base/iso8601.hpp"

namespace fwctl::cli {
namespace {

constexpr std::size_t longest_job_id = 64;

/// The number that ends the text, which loses it; nullopt: none, or not as we would write it.
std::optional<std::size_t> take_number(std::string_view& text) {
  const std::size_t begin = text.find_last_not_of("0123456789") + 1;
  const std::string_view digits = text.substr(begin);
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || digits.front() == '0') return std::nullopt;
  text = text.substr(0, begin);
  return number;
}

bool take(std::string_view& text, std::string_view ending) {
  if (!text.ends_with(ending)) return false;
  text.remove_suffix(ending.size());
  return true;
}

}  // namespace

std::string part_id(const std::string& logical, std::size_t number, std::size_t count) {
  return count == 1 ? logical : fmt::format("{}-{}-of-{}", logical, number, count);
}

std::vector<std::string> part_ids(const std::string& logical, std::size_t count) {
  std::vector<std::string> ids;
  for (std::size_t number = 1; number <= count; ++number) ids.push_back(part_id(logical, number, count));
  return ids;
}

std::optional<PartId> parse_part_id(std::string_view id) {
  const auto count = take_number(id);
  if (!count || *count < 2 || !take(id, "-of-")) return std::nullopt;
  const auto number = take_number(id);
  if (!number || *number > *count || !take(id, "-") || id.empty()) return std::nullopt;
  return PartId{std::string(id), *number, *count};
}

bool of_one_job(std::string_view id, std::string_view other) {
  const auto one = parse_part_id(id);
  const auto two = parse_part_id(other);
  return one && two && one->logical == two->logical;
}

std::string derived_job_id(const std::string& version, Context& ctx) {
  std::string slug;
  for (const char c : version.substr(0, 20)) {
    slug += std::isalnum(static_cast<unsigned char>(c)) != 0
                ? static_cast<char>(std::tolower(static_cast<unsigned char>(c)))
                : '-';
  }
  std::string time = format_iso8601(ctx.clock.now()).substr(0, 19);
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  time[8] = 't';
  return fmt::format("fw-{}-{}-{:04x}", slug, time, static_cast<unsigned>(ctx.jitter() * 0x10000));
}

std::string checked_job_id(const std::string& id, std::size_t parts) {
  const bool good = !id.empty() && id.size() <= longest_job_id &&
                    id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  if (!good) throw UsageError(fmt::format("--job-id '{}' is not 1 to 64 lower-case letters, digits or hyphens", id));
  if (id.front() == '-') throw UsageError(fmt::format("--job-id '{}' begins with a hyphen, as flags do", id));
  if (parse_part_id(id)) {
    throw UsageError(fmt::format("--job-id '{}' is what the part of a job is called", id), "leave -N-of-M out");
  }
  const std::size_t longest = part_id(id, parts, parts).size();
  if (longest > longest_job_id) {
    throw UsageError(fmt::format("--job-id '{}' is too long: its {} parts are called {}-1-of-{} and so on, and the hub "
                                 "takes {} characters",
                                 id, parts, id, parts, longest_job_id),
                     fmt::format("at most {} characters leave room", longest_job_id - (longest - id.size())));
  }
  return id;
}

}  // namespace fwctl::cli
