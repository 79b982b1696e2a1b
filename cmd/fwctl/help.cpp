#include "cmd/fwctl/help.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

#include "cmd/fwctl/help_topics.hpp"
#include "cmd/fwctl/output/text.hpp"
#include "cmd/fwctl/suggest.hpp"

namespace fwctl::cli {
namespace {

constexpr std::size_t margin = 2;
constexpr std::size_t widest_name = 24;

bool is_help_or_version(const CLI::App& app, const CLI::Option& option) {
  return &option == app.get_help_ptr() || &option == app.get_version_ptr();
}

/// `-o, --output FORM`, and where others have a short name, `    --tier TIER`.
std::string flag_name(const CLI::Option& option, bool some_are_short) {
  std::string name = some_are_short ? "    " : "";
  if (!option.get_snames().empty()) name = "-" + option.get_snames().front() + ", ";
  name += "--" + option.get_lnames().front();
  if (option.get_items_expected_max() > 0) name += " " + option.get_type_name();
  return name + (option.get_expected_max() > 1 ? " …" : "");
}

std::vector<HelpRow> flag_rows(const CLI::App& app) {
  std::vector<const CLI::Option*> flags;
  for (const CLI::Option* option : app.get_options()) {
    const bool told_elsewhere = app.get_parent() != nullptr && is_help_or_version(app, *option);
    if (option->nonpositional() && !told_elsewhere) flags.push_back(option);
  }
  std::stable_partition(flags.begin(), flags.end(), [&](auto* each) { return !is_help_or_version(app, *each); });
  const bool some_are_short =
      std::any_of(flags.begin(), flags.end(), [](auto* each) { return !each->get_snames().empty(); });

  std::vector<HelpRow> rows;
  for (const CLI::Option* flag : flags) {
    rows.push_back(
        {flag_name(*flag, some_are_short), flag->get_description() + (flag->get_required() ? "; required" : "")});
  }
  return rows;
}

std::vector<HelpRow> argument_rows(const CLI::App& app) {
  std::vector<HelpRow> rows;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) rows.push_back({option->get_name(true), option->get_description()});
  }
  return rows;
}

std::vector<HelpRow> command_rows(const CLI::App& app) {
  std::vector<HelpRow> rows;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    rows.push_back({sub->get_name(), sub->get_description()});
  }
  return rows;
}

/// `fwctl job show JOB [flags]`: what must be there, spelled out.
std::string usage(const CLI::App& app, const std::string& name) {
  std::string line = "Usage: " + name;
  bool has_more = false;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) {
      const std::string argument = option->get_name(true) + (option->get_expected_max() > 1 ? "…" : "");
      line += option->get_required() ? " " + argument : " [" + argument + "]";
    } else if (option->get_required()) {
      line += " " + flag_name(*option, false);
    } else {
      has_more |= !is_help_or_version(app, *option);
    }
  }
  if (!command_rows(app).empty()) return line + " COMMAND [flags]\n";
  return line + (has_more ? " [flags]\n" : "\n");
}

std::string section(const std::string& title, const std::vector<HelpRow>& rows) {
  return rows.empty() ? "" : "\n" + title + ":\n" + help_columns(rows);
}

class HelpFormatter final : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode) const override {
    return app->get_description() + ".\n\n" + usage(*app, name) + section("Commands", command_rows(*app)) +
           section("Arguments", argument_rows(*app)) + section("Flags", flag_rows(*app)) + "\n" + app->get_footer() +
           "\n";
  }
};

CLI::App* find_command(CLI::App& app, const std::string& name) {
  for (CLI::App* sub : app.get_subcommands([&](CLI::App* each) { return each->get_name() == name; })) return sub;
  return nullptr;
}

std::vector<std::string> names_of(const std::vector<HelpRow>& rows) {
  std::vector<std::string> names;
  for (const HelpRow& row : rows) names.push_back(row.name);
  return names;
}

}  // namespace

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  std::istringstream paragraphs{std::string(text)};
  for (std::string paragraph; std::getline(paragraphs, paragraph);) {
    std::istringstream words(paragraph);
    std::string line;
    for (std::string word; words >> word;) {
      if (!line.empty() && width_of(line) + 1 + width_of(word) > width) lines.push_back(std::exchange(line, {}));
      line += (line.empty() ? "" : " ") + word;
    }
    lines.push_back(line);
  }
  return lines;
}

std::string help_columns(const std::vector<HelpRow>& rows) {
  std::size_t column = 0;
  for (const HelpRow& row : rows) {
    if (width_of(row.name) <= widest_name) column = std::max(column, margin + width_of(row.name) + 2);
  }
  std::string text;
  for (const HelpRow& row : rows) {
    std::string line = std::string(margin, ' ') + row.name;
    if (width_of(line) + 2 > column) {
      text += line + "\n";
      line.clear();
    }
    for (const std::string& part : wrap(row.text, help_width - column)) {
      text += line + std::string(column - width_of(line), ' ') + part + "\n";
      line.clear();
    }
  }
  return text;
}

void format_help(CLI::App& root) { root.formatter(std::make_shared<HelpFormatter>()); }

std::string help_for(CLI::App& root, const std::vector<std::string>& words) {
  if (words.size() == 1) {
    if (const HelpTopic* topic = find_topic(words.front())) return topic->text();
  }
  CLI::App* app = &root;
  std::string name = root.get_name();
  for (const std::string& word : words) {
    CLI::App* sub = find_command(*app, word);
    std::vector<std::string> known = names_of(command_rows(*app));
    if (sub == nullptr && known.empty())
      throw UsageError("unexpected argument " + shown(word), "see " + name + " --help");
    if (app == &root) {
      for (const HelpTopic& topic : help_topics()) known.push_back(topic.name);
    }
    if (sub == nullptr)
      throw unknown(app == &root ? "command or topic" : "command", word, known, "see " + name + " --help");
    app = sub;
    name += " " + word;
  }
  return app->get_formatter()->make_help(app, name, CLI::AppFormatMode::Normal);
}

}  // namespace fwctl::cli
