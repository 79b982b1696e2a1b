#include "cmd/fwctl/environment.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

#include "cmd/fwctl/output/text.hpp"
#include "fwctl/base/error.hpp"
#include "fwctl/base/utf8.hpp"

namespace fwctl::cli {
namespace {

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

void set_from(CLI::Option& option, const std::string& value) {
  std::istringstream words(value);
  if (option.get_expected_max() <= 1) {
    option.add_result(value);
  } else {
    for (std::string word; words >> word;) option.add_result(word);
  }
  option.run_callback();
}

/// The same complaint, about the variable instead of the flag.
UsageError about_variable(const CLI::Option& option, const UsageError& error) {
  const std::string flag = "--" + option.get_lnames().front();
  std::string what = error.what();
  if (what.starts_with(flag + " ")) what.replace(0, flag.size(), variable_of(option));
  return UsageError(what, error.hint());
}

void set_named(CLI::Option& option, const std::string& value) {
  if (!is_utf8(value)) throw UsageError(fmt::format("{} is not UTF-8: {}", variable_of(option), shown(value)));
  try {
    set_from(option, value);
  } catch (const CLI::Error&) {
    throw UsageError(fmt::format("{} takes true or false, not {}", variable_of(option), shown(value)));
  } catch (const UsageError& error) {
    throw about_variable(option, error);
  }
}

}  // namespace

void relax_required(CLI::App& app, const Environment& env) {
  for (CLI::Option* option : app.get_options()) {
    if (option->get_required() && !from_environment(app, *option, env).empty()) option->required(false);
  }
  for (CLI::App* sub : app.get_subcommands([](CLI::App*) { return true; })) relax_required(*sub, env);
}

void apply_environment(CLI::App& app, const Environment& env) {
  for (CLI::Option* option : app.get_options()) {
    const auto& others = option->get_excludes();
    const bool open = option->count() == 0 && std::all_of(others.begin(), others.end(),
                                                          [](const CLI::Option* other) { return other->count() == 0; });
    const std::string value = open ? from_environment(app, *option, env) : "";
    if (!value.empty()) set_named(*option, value);
  }
  for (CLI::App* sub : app.get_subcommands()) apply_environment(*sub, env);
}

}  // namespace fwctl::cli
