#include "cmd/fwctl/commands/device_ids.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <istream>

#include "fwctl/base/error.hpp"

namespace fwctl::cli {
namespace {

constexpr std::size_t longest_id = 128;
/// Ten times what a hub holds; an endless pipe ends here.
constexpr std::size_t most_ids = 10'000'000;

bool is_allowed(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return letter || (c != '\0' && std::string_view("-:.+%_#*?!(),=@;$'").find(c) != std::string_view::npos);
}

std::string shown(char c) {
  if (c == ' ') return "blank";
  return c > ' ' && c < 0x7f ? fmt::format("'{}'", c) : fmt::format("byte 0x{:02x}", static_cast<unsigned char>(c));
}

/// Why no device can be called so; empty when one can. Does not repeat the text: it may be a secret in the wrong place.
std::string flaw_of(std::string_view id) {
  if (id.find("SharedAccessKey=") != std::string_view::npos) return "a connection string is no device id";
  const auto* const bad = std::find_if_not(id.begin(), id.end(), is_allowed);
  if (bad != id.end()) return fmt::format("a device id has no {}", shown(*bad));
  if (id.empty() || id.size() > longest_id) {
    return fmt::format("a device id has 1 to {} characters, not {}", longest_id, id.size());
  }
  return {};
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const auto first = text.find_first_not_of(blanks);
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

void DeviceIds::add(std::string_view id, const std::string& place) {
  if (const std::string flaw = flaw_of(id); !flaw.empty()) throw UsageError(fmt::format("{}: {}", place, flaw));
  if (size() == most_ids) throw UsageError(fmt::format("{}: more than {} devices", place, most_ids));
  places_.push_back(static_cast<std::uint32_t>(text_.size()));
  text_.append(id).push_back('\0');
}

void DeviceIds::add_lines(std::istream& in, const std::string& source) {
  std::array<char, 1024> buffer{};  // no line needs as much, so that /dev/zero ends soon
  for (std::size_t number = 1;; ++number) {
    in.getline(buffer.data(), buffer.size());
    const auto count = static_cast<std::size_t>(in.gcount());
    if (in.bad()) throw UsageError(fmt::format("can't read all of {}", source));
    if (count == 0) return;
    const std::string place = fmt::format("{}, line {}", source, number);
    if (in.fail()) throw UsageError(fmt::format("{}: a device id has 1 to {} characters", place, longest_id));
    std::string_view line(buffer.data(), count - (in.eof() ? 0 : 1));
    if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    if (const std::string_view id = trimmed(line); !id.empty()) add(id, place);
  }
}

void DeviceIds::sort() {
  const auto text = [this](std::uint32_t place) { return std::string_view(text_.data() + place); };
  std::sort(places_.begin(), places_.end(), [&](auto a, auto b) { return text(a) < text(b); });
  const auto same = [&](auto a, auto b) { return text(a) == text(b); };
  places_.erase(std::unique(places_.begin(), places_.end(), same), places_.end());
}

}  // namespace fwctl::cli
