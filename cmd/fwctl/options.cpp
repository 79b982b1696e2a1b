#include "cmd/fwctl/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include "cmd/fwctl/output/text.hpp"
#include "cmd/fwctl/suggest.hpp"
#include "fwctl/base/duration.hpp"
#include "fwctl/base/error.hpp"
#include "fwctl/base/iso8601.hpp"

namespace fwctl::cli {
namespace {

/// Ten years: nobody waits longer, and sums of it fit into nanoseconds.
constexpr std::chrono::milliseconds longest = std::chrono::hours{24 * 3650};

std::chrono::milliseconds to_duration(const std::string& flag, const std::string& text) {
  const auto duration = parse_duration(text);
  if (!duration || duration->count() == 0 || *duration > longest) {
    const bool is_long = duration && *duration > longest;
    throw UsageError(is_long ? fmt::format("{} of {} is longer than ten years", flag, shown(text))
                             : fmt::format("{} takes a duration such as 5s, 10m or 1h, not {}", flag, shown(text)));
  }
  return *duration;
}

int to_number(const std::string& flag, const std::string& text, int least, int most) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    throw UsageError(fmt::format("{} takes a number from {} to {}, not {}", flag, least, most, shown(text)));
  }
  return number;
}

std::optional<double> to_share(const std::string& flag, const std::string& text) {
  if (text == "off") return std::nullopt;
  const std::string number = text.substr(0, text.find('%'));
  if (text != number + "%")
    throw UsageError(fmt::format("{} takes a share such as 50%, or off, not {}", flag, shown(text)));
  return to_number(flag, number, 1, 100) / 100.0;
}

/// `--output` of `-o,--output`.
std::string long_name(const Flag& flag) { return flag.name.substr(flag.name.find("--")); }

/// RFC 3339 asks for a zone: without one a time is taken for another than was meant.
bool has_zone(std::string_view time) {
  constexpr std::size_t offset = 6;  // +01:00
  return time.ends_with('Z') || time.ends_with('z') ||
         (time.size() > offset && (time[time.size() - offset] == '+' || time[time.size() - offset] == '-'));
}

/// An empty text is mostly a variable that is not set. Taken for a flag that was not given it would be dangerous:
/// without its etag a write is unconditional, without its device a token is the owner's.
void refuse_empty(const std::string& name, const std::string& text) {
  if (text.empty()) throw UsageError(name + " is empty", "leave it out, or set the variable that it was taken from");
}

}  // namespace

CLI::Option& Options::add(const Flag& flag, std::function<void(const std::string&)> take) {
  const auto checked = [take = std::move(take), name = long_name(flag)](const std::string& text) {
    refuse_empty(name, text);
    take(text);
  };
  CLI::Option* option = app_.add_option_function<std::string>(flag.name, checked, flag.help);
  return *option->type_name(flag.value)->required(flag.required)->take_last();
}

void Options::argument(const std::string& name, std::string& target, const std::string& help) {
  const auto take = [&target, name](const std::string& text) {
    refuse_empty(name, text);
    target = text;
  };
  app_.add_option_function<std::string>(name, take, help)->required()->type_name("");
}

void Options::optional_argument(const std::string& name, std::string& target, const std::string& help) {
  app_.add_option(name, target, help)->type_name("");
}

void Options::arguments(const std::string& name, std::vector<std::string>& target, const std::string& help) {
  const auto take = [&target, name](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) refuse_empty(name, text);
    target = texts;
  };
  app_.add_option_function<std::vector<std::string>>(name, take, help)->required()->type_name("");
}

void Options::text(const Flag& flag, std::string& target) {
  add(flag, [&target](const std::string& text) { target = text; });
}

void Options::text(const Flag& flag, std::optional<std::string>& target) {
  add(flag, [&target](const std::string& text) { target = text; });
}

void Options::texts(const Flag& flag, std::vector<std::string>& target) {
  const auto take = [&target, name = long_name(flag)](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) refuse_empty(name, text);
    target = texts;
  };
  app_.add_option_function<std::vector<std::string>>(flag.name, take, flag.help)
      ->type_name(flag.value)
      ->required(flag.required);
}

void Options::number(const Flag& flag, int& target, int least, int most) {
  add(flag, [&target, least, most, name = long_name(flag)](const std::string& text) {
    target = to_number(name, text, least, most);
  });
}

void Options::share(const Flag& flag, std::optional<double>& target) {
  add(flag, [&target, name = long_name(flag)](const std::string& text) { target = to_share(name, text); });
}

void Options::number(const Flag& flag, std::optional<int>& target, int least, int most) {
  add(flag, [&target, least, most, name = long_name(flag)](const std::string& text) {
    target = to_number(name, text, least, most);
  });
}

void Options::duration(const Flag& flag, std::chrono::milliseconds& target) {
  add(flag, [&target, name = long_name(flag)](const std::string& text) { target = to_duration(name, text); });
}

void Options::duration(const Flag& flag, std::optional<std::chrono::milliseconds>& target) {
  add(flag, [&target, name = long_name(flag)](const std::string& text) { target = to_duration(name, text); });
}

void Options::choice(const Flag& flag, std::string& target, const std::vector<std::string>& words) {
  add(flag, [&target, words, name = long_name(flag)](const std::string& text) {
    if (std::find(words.begin(), words.end(), text) == words.end()) {
      throw UsageError(fmt::format("{} takes one of {}, not {}", name, fmt::join(words, ", "), shown(text)),
                       suggestion(text, words, {}));
    }
    target = text;
  });
}

void Options::exclude(const std::string& name, const std::vector<std::string>& others) {
  for (const std::string& other : others) app_.get_option(name)->excludes(app_.get_option(other));
}

void Options::toggle(const std::string& name, bool& target, const std::string& help) {
  app_.add_flag(name, target, help);
}

void Options::count(const std::string& name, int& target, const std::string& help) {
  app_.add_flag(name, target, help);
}

Time parse_when(std::string_view text, Time now, std::string_view flag) {
  if (text.starts_with('+')) {
    const auto ahead = parse_duration(text.substr(1));
    if (ahead && *ahead <= longest) return now + std::chrono::duration_cast<Ticks>(*ahead);
  } else if (const auto time = parse_iso8601(text); time && has_zone(text)) {
    return *time;
  }
  throw UsageError(fmt::format("{} takes a time such as 2026-08-15T22:00:00Z or +2h, not {}", flag, shown(text)));
}

}  // namespace fwctl::cli
