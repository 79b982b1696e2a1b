#include "fwctl/base/iso8601.hpp"

#include <fmt/core.h>

namespace fwctl {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// Takes text from the front; every step fails for good once one has failed.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    if (rest_.size() < count) return fail();
    int value = 0;
    for (const char c : rest_.substr(0, count)) {
      if (c < '0' || c > '9') return fail();
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }

  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char wanted) {
    if (!take(wanted)) fail();
  }

  Ticks fraction() {
    std::int64_t ticks = 0;
    int count = 0;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; ++count, rest_.remove_prefix(1)) {
      if (count < 7) ticks = ticks * 10 + (rest_.front() - '0');
    }
    if (count == 0 || count > 9) fail();
    for (; count < 7; ++count) ticks *= 10;
    return Ticks{ticks};
  }

  bool done() const { return ok_ && rest_.empty(); }

 private:
  int fail() {
    ok_ = false;
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

minutes scan_zone(Scanner& scan) {
  if (scan.take('Z') || scan.take('z')) return minutes{0};
  const int sign = scan.take('+') ? 1 : scan.take('-') ? -1 : 0;
  if (sign == 0) return minutes{0};
  const hours h{scan.digits(2)};
  scan.expect(':');
  return sign * (h + minutes{scan.digits(2)});
}

struct Parts {
  std::chrono::sys_days day;
  std::chrono::hh_mm_ss<Ticks> time;
};

Parts split(Time time) {
  const auto day = std::chrono::floor<days>(time);
  return {day, std::chrono::hh_mm_ss<Ticks>(time - day)};
}

std::string format_seconds(const Parts& parts) {
  const std::chrono::year_month_day date{parts.day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), parts.time.hours().count(),
                     parts.time.minutes().count(), parts.time.seconds().count());
}

/// A zone can carry a time out of the years of four digits.
bool can_be_written(Time time) {
  const std::chrono::year year = std::chrono::year_month_day{split(time).day}.year();
  return year >= std::chrono::year{0} && year <= std::chrono::year{9999};
}

}  // namespace

std::optional<Time> parse_iso8601(std::string_view text) {
  Scanner scan(text);
  const std::chrono::year year{scan.digits(4)};
  scan.expect('-');
  const std::chrono::month month{static_cast<unsigned>(scan.digits(2))};
  scan.expect('-');
  const std::chrono::day day{static_cast<unsigned>(scan.digits(2))};
  if (!scan.take(' ')) scan.expect('T');
  const int h = scan.digits(2);
  scan.expect(':');
  const int m = scan.digits(2);
  scan.expect(':');
  const int s = scan.digits(2);
  const Ticks fraction = scan.take('.') ? scan.fraction() : Ticks{0};
  const minutes zone = scan_zone(scan);

  const std::chrono::year_month_day date{year, month, day};
  if (!scan.done() || !date.ok() || h > 23 || m > 59 || s > 59) return std::nullopt;
  const Time time{std::chrono::sys_days{date}.time_since_epoch() + hours{h} + minutes{m} + seconds{s} - zone +
                  fraction};
  if (!can_be_written(time)) return std::nullopt;
  return time;
}

std::string format_iso8601(Time time) {
  const Parts parts = split(time);
  return fmt::format("{}.{:07}Z", format_seconds(parts), parts.time.subseconds().count());
}

std::string format_iso8601_millis(Time time) {
  const Parts parts = split(time);
  return fmt::format("{}.{:03}Z", format_seconds(parts), parts.time.subseconds().count() / 10'000);
}

Time never() {
  using namespace std::chrono_literals;
  return Time{std::chrono::sys_days{std::chrono::year{1} / 1 / 1}.time_since_epoch()};
}

}  // namespace fwctl
