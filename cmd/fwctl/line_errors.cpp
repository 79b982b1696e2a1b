#include "cmd/fwctl/line_errors.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cmd/fwctl/output/text.hpp"
#include "cmd/fwctl/suggest.hpp"

namespace fwctl::cli {
namespace {

using Path = std::vector<CLI::App*>;

/// The commands on the line, the outermost first.
Path path_of(CLI::App& root) {
  Path path{&root};
  while (!path.back()->get_subcommands().empty()) path.push_back(path.back()->get_subcommands().front());
  return path;
}

std::string full_name(const Path& path) {
  std::vector<std::string> names;
  for (const CLI::App* app : path) names.push_back(app->get_name());
  return fmt::format("{}", fmt::join(names, " "));
}

std::vector<std::string> flags_of(const Path& path) {
  std::vector<std::string> flags;
  for (const CLI::App* app : path) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
    }
  }
  return flags;
}

std::vector<const CLI::App*> below(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : below(app)) names.push_back(sub->get_name());
  return names;
}

/// The nouns that have such a verb: of `list`, `job list or device list`.
std::string commands_with_verb(const CLI::App& root, const std::string& verb) {
  std::vector<std::string> names;
  for (const CLI::App* noun : below(root)) {
    for (const CLI::App* sub : below(*noun)) {
      if (sub->get_name() == verb) names.push_back(noun->get_name() + " " + verb);
    }
  }
  return fmt::format("{}", fmt::join(names, " or "));
}

bool is_flag(const std::string& word) { return word.size() > 1 && word.front() == '-' && word != "--"; }

/// `--limit` of `--limit=5`, `-q` of `-q=5`.
std::string name_of(const std::string& word) { return word.substr(0, word.find('=')); }

const CLI::Option* option_of(const Path& path, const std::string& name) {
  for (const CLI::App* app : path) {
    if (const CLI::Option* option = app->get_option_no_throw(name)) return option;
  }
  return nullptr;
}

std::string needs_value(const CLI::Option& option) {
  return fmt::format("--{} needs a value: {}", option.get_lnames().front(), option.get_type_name());
}

std::string help_of(const Path& path) { return "see " + full_name(path) + " --help"; }

/// What was typed and not understood, without the mark that ends flags.
Arguments leftovers(CLI::App& root) {
  Arguments left = root.remaining(true);
  std::erase(left, "--");
  return left;
}

UsageError unknown_flag(const std::string& typed, const Path& path) {
  const std::string name = name_of(typed);
  const std::vector<std::string> known = flags_of(path);
  if (std::find(known.begin(), known.end(), name) == known.end()) return unknown("flag", name, known, help_of(path));
  return UsageError(fmt::format("{} stands before the command that it belongs to", name),
                    fmt::format("write {} {} …", full_name(path), name));
}

UsageError unknown_command(const std::string& typed, CLI::App& root, const Path& path) {
  const std::string verbs = path.size() == 1 ? commands_with_verb(root, typed) : "";
  const std::vector<std::string> commands = commands_of(*path.back());
  if (verbs.empty() || nearest(typed, commands)) return unknown("command", typed, commands, help_of(path));
  return UsageError("unknown command " + shown(typed), "did you mean " + verbs + "?");
}

}  // namespace

std::string command_of(CLI::App& root) { return full_name(path_of(root)); }

bool has_leftovers(CLI::App& root) { return !leftovers(root).empty(); }

void check_values(CLI::App& root, const Arguments& arguments) {
  const Path path = path_of(root);
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const std::string& word = arguments[i];
    const CLI::Option* option = is_flag(word) ? option_of(path, name_of(word)) : nullptr;
    if (option == nullptr) continue;
    const bool takes_value = option->get_items_expected_max() > 0;
    const auto assignment = word.find('=');
    if (!takes_value && assignment != std::string::npos) {
      throw UsageError(fmt::format("{} takes no value", name_of(word)), help_of(path));
    }
    const bool ends = i + 1 == arguments.size() || arguments[i + 1].starts_with("--");
    const bool missing = assignment == std::string::npos ? ends : assignment + 1 == word.size();
    if (takes_value && missing) throw UsageError(needs_value(*option), help_of(path));
    if (takes_value && assignment == std::string::npos) ++i;
  }
}

UsageError flag_of_fwctl_itself(const std::string& name, CLI::App& root) {
  const Path path = path_of(root);
  std::vector<std::string> others = flags_of(path);
  std::erase(others, name);
  return unknown("flag", name, others, help_of(path));
}

UsageError explain(const CLI::ParseError& error, CLI::App& root, const Arguments& arguments) {
  const Path path = path_of(root);
  const Arguments left = leftovers(root);
  const auto end_of_flags = std::find(arguments.begin(), arguments.end(), "--");
  const auto flag = std::find_if(left.begin(), left.end(), [&](const std::string& word) {
    return is_flag(word) && std::find(end_of_flags, arguments.end(), word) == arguments.end();
  });
  const std::vector<std::string> commands = commands_of(*path.back());

  if (flag != left.end()) return unknown_flag(*flag, path);
  if (!left.empty() && !commands.empty()) return unknown_command(left.front(), root, path);
  if (!left.empty()) return UsageError("unexpected argument " + shown(left.front()), help_of(path));
  if (!commands.empty())
    return UsageError(fmt::format("needs a command: {}", fmt::join(commands, ", ")), help_of(path));
  return UsageError(error.what(), help_of(path));
}

}  // namespace fwctl::cli
