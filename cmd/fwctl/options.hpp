#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fwctl/base/clock.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace fwctl::cli {

/// How a flag looks in help. Every flag can also be set by FWCTL_<NAME>; the command line wins.
struct Flag {
  std::string name;   // --where, or -o,--output
  std::string value;  // COND: what stands for the value in help
  std::string help;
  bool required = false;
};

/// Where a command declares what it takes. Each method binds one flag or argument to a variable, which must live until
/// the command runs; what stands in it before is the default. A given flag of which a value makes no sense is a
/// UsageError that names it.
class Options {
 public:
  explicit Options(CLI::App& app) : app_(app) {}

  void argument(const std::string& name, std::string& target, const std::string& help);
  void optional_argument(const std::string& name, std::string& target, const std::string& help);
  void arguments(const std::string& name, std::vector<std::string>& target, const std::string& help);  // one or more

  void text(const Flag& flag, std::string& target);
  void text(const Flag& flag, std::optional<std::string>& target);
  void texts(const Flag& flag, std::vector<std::string>& target);  // repeatable
  void number(const Flag& flag, int& target, int least, int most);
  void number(const Flag& flag, std::optional<int>& target, int least, int most);
  void share(const Flag& flag, std::optional<double>& target);  // 1% to 100%, or off: nullopt
  void duration(const Flag& flag, std::chrono::milliseconds& target);
  void duration(const Flag& flag, std::optional<std::chrono::milliseconds>& target);
  void choice(const Flag& flag, std::string& target, const std::vector<std::string>& words);
  /// Flags that go without each other; one on the command line makes the variable of the other count for nothing.
  void exclude(const std::string& name, const std::vector<std::string>& others);
  void toggle(const std::string& name, bool& target, const std::string& help);
  void count(const std::string& name, int& target, const std::string& help);  // -v, -vv

 private:
  CLI::Option& add(const Flag& flag, std::function<void(const std::string&)> take);

  CLI::App& app_;
};

/// A moment: RFC 3339, or `+2h` from `now`. Throws UsageError naming the flag.
Time parse_when(std::string_view text, Time now, std::string_view flag);

}  // namespace fwctl::cli
