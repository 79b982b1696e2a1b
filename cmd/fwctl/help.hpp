#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace fwctl::cli {

/// How wide help may be: what a terminal has at least.
constexpr std::size_t help_width = 80;

/// Lines of words, none wider than `width` unless a single word is; what is there of line ends stays.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// Two columns: names, and texts that are broken at the right edge. A name that is too long has a line of its own.
struct HelpRow {
  std::string name;
  std::string text;
};
std::string help_columns(const std::vector<HelpRow>& rows);

/// Makes `--help` of the program and of all its commands look like this.
void format_help(CLI::App& root);

/// What `fwctl help WORD…` prints: the same as `--help` of a command, or a topic. Throws UsageError for unknown words.
std::string help_for(CLI::App& root, const std::vector<std::string>& words);

}  // namespace fwctl::cli
