#include "cmd/fwctl/parser.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <sstream>

#include "cmd/fwctl/environment.hpp"
#include "cmd/fwctl/help.hpp"
#include "cmd/fwctl/help_topics.hpp"
#include "cmd/fwctl/line_errors.hpp"
#include "cmd/fwctl/output/text.hpp"
#include "fwctl/base/error.hpp"
#include "fwctl/base/utf8.hpp"

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
  options.choice({"-o,--output", "FORM", "What stdout is: table (default), json, jsonl or tsv"}, chosen.format,
                 {"table", "json", "jsonl", "tsv"});
  options.text({"--connection-string-file", "FILE", "Read the service connection string from a file; - is stdin"},
               settings.connection_string_file);
  options.text({"--connection-string", "TEXT", "The connection string itself; ps can see it"},
               settings.connection_string);
  options.text({"--ca-file", "FILE", "Trusted roots, PEM (also SSL_CERT_FILE)"}, settings.ca_file);
  options.duration({"--timeout", "DURATION", "Give up after this long, e.g. 90s, 2h"}, settings.timeout);
  options.duration({"--request-timeout", "DURATION", "How long one try of a request may take (60s)"},
                   settings.request_timeout);
  options.choice({"--tier", "TIER", "The hub's tier, which sets its limits: F1, S1 (default), S2 or S3"}, settings.tier,
                 {"F1", "S1", "S2", "S3"});
  options.number({"--units", "N", "The hub's units (1)"}, settings.units, 1, 10'000);
  options.share({"--budget", "PERCENT", "What part of the hub's limits a watch may use (50%); off: all it wants"},
                settings.budget_share);
  options.count("-v,--verbose", settings.verbosity, "Log requests to stderr; -vv: with headers");
  options.toggle("-q,--quiet", settings.quiet, "No notices and no progress on stderr");
  options.choice({"--log-format", "FORM", "What stderr is: text (default), or json, an object a line"},
                 chosen.log_format, {"text", "json"});
  options.toggle("--no-color", settings.no_color, "Plain text (also NO_COLOR, TERM=dumb)");
}

std::string root_footer() {
  std::vector<HelpRow> more{{"fwctl help COMMAND", "A command's flags and examples; also COMMAND --help"}};
  for (const HelpTopic& topic : help_topics()) more.push_back({"fwctl help " + topic.name, topic.summary});
  return "More:\n" + help_columns(more) +
         "\nEvery flag can be set as FWCTL_<FLAG>: FWCTL_OUTPUT=json. The command line wins.\n"
         "The hub comes from IOTHUB_CONNECTION_STRING.";
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
  app->require_subcommand(1)->footer("Flags and examples of one: fwctl help " + noun + " COMMAND");
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

/// `help` explains the tree of commands that it is part of, so it is no line of the table.
CLI::App* declare_help(CLI::App& root, std::vector<std::string>& words) {
  CLI::App* help = root.add_subcommand("help", "Explain a command or a topic");
  help->add_option("WORD", words, "A command such as job list, or exit-codes, environment, output or quotas")
      ->type_name("");
  help->footer(examples("fwctl help job list\nfwctl help exit-codes"));
  return help;
}

/// What is wrong with values lacks only the way to the help.
UsageError with_hint(const UsageError& error, CLI::App& root) {
  return error.hint().empty() ? UsageError(error.what(), "see " + command_of(root) + " --help") : error;
}

/// All that a hub or a terminal gets of the line is UTF-8.
void check_encoding(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (!is_utf8(argument)) throw UsageError("an argument is not UTF-8: " + shown(argument), "write it in UTF-8");
  }
}

}  // namespace

Invocation parse_arguments(const std::vector<std::string>& arguments, const Environment& env) {
  check_encoding(arguments);
  Invocation invocation;
  Chosen chosen;
  std::vector<std::string> help_words;
  CLI::App root{"Brings new firmware to a fleet of devices on Azure IoT Hub", "fwctl"};
  format_help(root);
  root.fallthrough()->require_subcommand(1)->set_help_flag("-h,--help", "Show help and exit");
  root.set_version_flag("--version", "fwctl " FWCTL_VERSION, "Show the version and exit");
  root.footer(root_footer());
  declare_settings(root, invocation.settings, chosen);
  for (const Command& command : commands()) declare(root, command, invocation.run);
  const CLI::App* help = declare_help(root, help_words);
  relax_required(root, env);

  try {
    root.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    check_values(root, arguments);
    if (help->parsed()) return {.settings = {}, .run = {}, .text = help_for(root, help_words)};
    apply_environment(root, env);
  } catch (const CLI::CallForHelp& asked) {
    if (has_leftovers(root)) throw explain(asked, root, arguments);
    return {.settings = {}, .run = {}, .text = root.help()};
  } catch (const CLI::CallForVersion& version) {
    if (!root.get_subcommands().empty()) throw flag_of_fwctl_itself("--version", root);
    if (has_leftovers(root)) throw explain(version, root, arguments);
    return {.settings = {}, .run = {}, .text = std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    check_values(root, arguments);
    throw explain(error, root, arguments);
  } catch (const UsageError& error) {
    check_values(root, arguments);
    throw with_hint(error, root);
  }
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
