#include "cmd/fwctl/parser.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <sstream>

#include "cmd/fwctl/suggest.hpp"
#include "fwctl/base/error.hpp"

namespace fwctl::cli {
namespace {

const std::map<std::string, LogFormat> log_formats{{"text", LogFormat::text}, {"json", LogFormat::json}};
const std::map<std::string, Format> formats{
    {"table", Format::table}, {"json", Format::json}, {"jsonl", Format::jsonl}, {"tsv", Format::tsv}};

/// What choices are before they are looked up.
struct Chosen {
  std::string format = "table";
  std::string log_format = "text";
};

void declare_settings(CLI::App& app, Settings& settings, Chosen& chosen) {
  Options options(app);
  options.text({"--connection-string-file", "FILE", "Read the service connection string from a file; - is stdin"},
               settings.connection_string_file);
  options.text({"--connection-string", "TEXT", "The connection string itself; ps can see it"},
               settings.connection_string);
  options.text({"--ca-file", "FILE", "Trusted roots, PEM (also SSL_CERT_FILE)"}, settings.ca_file);
  options.choice({"-o,--output", "FORM", "table, json, jsonl or tsv"}, chosen.format,
                 {"table", "json", "jsonl", "tsv"});
  options.duration({"--timeout", "DURATION", "Give up after this long, e.g. 90s, 2h"}, settings.timeout);
  options.duration({"--request-timeout", "DURATION", "How long one try of a request may take (60s)"},
                   settings.request_timeout);
  options.choice({"--tier", "TIER", "The hub's tier, which sets its limits: F1, S1 (default), S2 or S3"}, settings.tier,
                 {"F1", "S1", "S2", "S3"});
  options.number({"--units", "N", "The hub's units (1)"}, settings.units, 1, 10'000);
  options.share({"--budget", "PERCENT", "What part of the hub's limits a watch may use (50%); off: all it wants"},
                settings.budget_share);
  options.count("-v,--verbose", settings.verbosity, "Log requests to stderr; -vv: with headers");
  options.toggle("-q,--quiet", settings.quiet, "No notices and warnings on stderr");
  options.choice({"--log-format", "FORM", "What stderr says: text, or json (an object a line)"}, chosen.log_format,
                 {"text", "json"});
  options.toggle("--no-color", settings.no_color, "Plain text (also NO_COLOR, TERM=dumb)");
}

std::string examples(const std::string& lines) {
  std::istringstream in(lines);
  std::string text = "Examples:";
  for (std::string line; std::getline(in, line);) text += "\n  " + line;
  return text + "\n\nFlags that every command has: fwctl --help";
}

CLI::App& parent_of(CLI::App& root, const std::string& noun) {
  for (CLI::App* app : root.get_subcommands([&](CLI::App* sub) { return sub->get_name() == noun; })) return *app;
  const auto& all = nouns();
  const auto known = std::find_if(all.begin(), all.end(), [&](const Noun& each) { return each.name == noun; });
  CLI::App* app = root.add_subcommand(noun, known == all.end() ? "" : known->summary);
  app->require_subcommand(1)->footer("One of them: fwctl " + noun + " COMMAND --help");
  return *app;
}

void declare(CLI::App& root, const Command& command, Run& chosen) {
  const auto space = command.name.find(' ');
  const bool has_noun = space != std::string::npos;
  CLI::App& parent = has_noun ? parent_of(root, command.name.substr(0, space)) : root;
  CLI::App* app = parent.add_subcommand(has_noun ? command.name.substr(space + 1) : command.name, command.summary);
  app->footer(examples(command.example));
  Options options(*app);
  app->callback([&chosen, run = command.declare(options)] { chosen = run; });
}

// --- FWCTL_<FLAG> ---------------------------------------------------------------------------------------------------

std::string variable_of(const CLI::Option& option) {
  std::string name = "FWCTL_" + option.get_lnames().front();
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  });
  return name;
}

/// The variable's value for a flag that may be set so. The connection string's sources are ordered elsewhere.
std::string from_environment(const CLI::App& app, const CLI::Option& option, const Environment& env) {
  if (option.get_lnames().empty() || &option == app.get_help_ptr() || &option == app.get_version_ptr()) return {};
  if (option.get_lnames().front().starts_with("connection-string")) return {};
  return env(variable_of(option)).value_or("");
}

/// Before parsing: a required flag that stands in the environment need not stand on the line.
void relax_required(CLI::App& app, const Environment& env) {
  for (CLI::Option* option : app.get_options()) {
    if (option->get_required() && !from_environment(app, *option, env).empty()) option->required(false);
  }
  for (CLI::App* sub : app.get_subcommands([](CLI::App*) { return true; })) relax_required(*sub, env);
}

void set_from(CLI::Option& option, const std::string& value) {
  std::istringstream words(value);
  if (option.get_expected_max() <= 1) {
    option.add_result(value);
  } else {
    for (std::string word; words >> word;) option.add_result(word);
  }
  option.run_callback();
}

/// After parsing: flags that the line did not give.
void apply_environment(CLI::App& app, const Environment& env) {
  for (CLI::Option* option : app.get_options()) {
    const std::string value = option->count() == 0 ? from_environment(app, *option, env) : "";
    if (value.empty()) continue;
    try {
      set_from(*option, value);
    } catch (const CLI::Error&) {
      throw UsageError(fmt::format("{} makes no sense: '{}'", variable_of(*option), value));
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("{}: {}", variable_of(*option), error.what()));
    }
  }
  for (CLI::App* sub : app.get_subcommands()) apply_environment(*sub, env);
}

// --- what is wrong with a line --------------------------------------------------------------------------------------

/// The commands on the line, the outermost first.
std::vector<CLI::App*> path_of(CLI::App& root) {
  std::vector<CLI::App*> path{&root};
  while (!path.back()->get_subcommands().empty()) path.push_back(path.back()->get_subcommands().front());
  return path;
}

std::string full_name(const std::vector<CLI::App*>& path) {
  std::vector<std::string> names;
  for (const CLI::App* app : path) names.push_back(app->get_name());
  return fmt::format("{}", fmt::join(names, " "));
}

std::vector<std::string> flags_of(const std::vector<CLI::App*>& path) {
  std::vector<std::string> flags;
  for (const CLI::App* app : path) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
    }
  }
  return flags;
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(sub->get_name());
  return names;
}

/// What stands in a message for something that was typed: a misplaced secret is not repeated.
std::string shown(const std::string& typed) {
  return typed.find("SharedAccess") == std::string::npos ? "'" + typed + "'" : "(a connection string or token)";
}

UsageError unknown(const std::string& kind, const std::string& typed, const std::vector<std::string>& words,
                   const std::string& command) {
  const auto meant = nearest(typed, words);
  return UsageError(fmt::format("unknown {} {}", kind, shown(typed)),
                    meant ? fmt::format("did you mean {}?", *meant) : fmt::format("see {} --help", command));
}

UsageError explain(const CLI::ParseError& error, CLI::App& root) {
  const std::vector<CLI::App*> path = path_of(root);
  const std::string command = full_name(path);
  const std::vector<std::string> left = root.remaining(true);
  const auto flag = std::find_if(left.begin(), left.end(), [](const auto& each) { return each.starts_with("-"); });
  const std::vector<std::string> below = commands_of(*path.back());

  if (flag != left.end()) return unknown("flag", flag->substr(0, flag->find('=')), flags_of(path), command);
  if (!left.empty() && !below.empty()) return unknown("command", left.front(), below, command);
  if (!left.empty()) return UsageError("unexpected argument " + shown(left.front()), "see " + command + " --help");
  const std::string help = "see " + command + " --help";
  if (!below.empty()) return UsageError(fmt::format("needs a command: {}", fmt::join(below, ", ")), help);
  return UsageError(error.what(), help);
}

}  // namespace

Invocation parse_arguments(const std::vector<std::string>& arguments, const Environment& env) {
  Invocation invocation;
  Chosen chosen;
  CLI::App root{"Brings new firmware to a fleet of devices on Azure IoT Hub.", "fwctl"};
  root.fallthrough()->require_subcommand(1)->set_help_flag("-h,--help", "Show help and exit");
  root.set_version_flag("--version", "fwctl " FWCTL_VERSION, "Show the version and exit");
  root.footer(
      "Every flag can be set as FWCTL_<FLAG>, e.g. FWCTL_OUTPUT=json; the command line wins.\n"
      "The hub comes from IOTHUB_CONNECTION_STRING.");
  declare_settings(root, invocation.settings, chosen);
  for (const Command& command : commands()) declare(root, command, invocation.run);
  relax_required(root, env);

  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    root.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    return {.settings = {}, .run = {}, .text = root.help()};
  } catch (const CLI::CallForVersion& version) {
    return {.settings = {}, .run = {}, .text = std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    throw explain(error, root);
  }
  apply_environment(root, env);
  invocation.settings.format = formats.at(chosen.format);
  invocation.settings.log_format = log_formats.at(chosen.log_format);
  return invocation;
}

LogFormat log_format_of(const std::vector<std::string>& arguments, const Environment& env) {
  constexpr std::string_view flag = "--log-format";
  std::string chosen = env("FWCTL_LOG_FORMAT").value_or("");
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    if (arguments[i].starts_with("--log-format=")) chosen = arguments[i].substr(flag.size() + 1);
    if (arguments[i] == flag && i + 1 < arguments.size()) chosen = arguments[i + 1];
  }
  return chosen == "json" ? LogFormat::json : LogFormat::text;
}

}  // namespace fwctl::cli
