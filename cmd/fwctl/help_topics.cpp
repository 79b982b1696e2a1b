#include "cmd/fwctl/help_topics.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cmd/fwctl/exit_code.hpp"
#include "cmd/fwctl/help.hpp"
#include "cmd/fwctl/schemas.hpp"
#include "fwctl/iothub/quota.hpp"

namespace fwctl::cli {
namespace {

std::string paragraphs(const std::string& text) {
  std::string result;
  for (const std::string& line : wrap(text, help_width)) result += line + "\n";
  return result;
}

std::string exit_codes() {
  std::vector<HelpRow> rows;
  for (const ExitCodeMeaning& row : exit_code_table) {
    rows.push_back({fmt::format("{:>3}", static_cast<int>(row.code)), std::string(row.meaning)});
  }
  return "What fwctl's exit code says.\n\n" + help_columns(rows) +
         paragraphs(
             "\nA command that looks (job show, status --once, query) exits 0 when it could look, whatever it saw. One "
             "that "
             "waits (monitor, schedule --wait, status --until-version) says by its code what became of the devices; "
             "monitor --once exits 8 while they are on their way.\n"
             "\nIn a pipeline: 0 goes on; 5, 6 and 10 stop it; 75 and 124 may be tried again with monitor, which "
             "changes "
             "nothing at the hub.");
}

std::string environment() {
  std::vector<HelpRow> rows;
  for (const Variable& row : environment_table) rows.push_back({std::string(row.name), std::string(row.meaning)});
  return "The environment that fwctl reads.\n\n" + help_columns(rows) +
         paragraphs(
             "\nOf --tier the variable is FWCTL_TIER, of --max-execution-time FWCTL_MAX_EXECUTION_TIME. A flag without "
             "a "
             "value takes true or false: FWCTL_QUIET=true. A flag that may be given several times takes its values "
             "with blanks between them: FWCTL_DEVICE='chiller-1 chiller-2'. An empty variable is none. A variable of "
             "another command's flag is left alone.\n"
             "\nThe connection string is taken from the first of: --connection-string (which ps can see), "
             "--connection-string-file, FWCTL_CONNECTION_STRING, FWCTL_CONNECTION_STRING_FILE, "
             "IOTHUB_CONNECTION_STRING.");
}

std::string schema_rows() {
  std::vector<HelpRow> rows;
  for (const Schema& schema : schemas()) rows.push_back({schema.name, schema.describes});
  return help_columns(rows);
}

std::string output() {
  return "What fwctl prints, and where.\n" +
         paragraphs(
             "\nstdout carries the answer alone; stderr everything else: notices, progress, errors, the log.\n") +
         "\n-o, --output chooses the form of the answer, on a terminal or off it:\n" +
         help_columns({{"table", "for people, the default; device connection-string and sas-token print the bare text"},
                       {"tsv", "the table's columns, separated by tabs; line ends and tabs in a value are written out"},
                       {"json", "one document"},
                       {"jsonl",
                        "a document on each line: of a list one a row, of monitor one a change, of status one a "
                        "look; the last is what json prints"}}) +
         paragraphs(
             "\nEvery document has \"schemaVersion\": 1. A member may be added within a version; none is removed or "
             "changes its meaning. Times are RFC 3339 in UTC. What the hub sent stands unchanged under its own key "
             "(job, twin, device, row). A list that an error cut short ends with \"incomplete\": true, and its exit "
             "code is not 0. When nothing could be answered stdout is empty.\n") +
         "\nThe documents, each with a JSON Schema (fwctl schema NAME):\n" + schema_rows() + "\nOn stderr:\n" +
         help_columns({{"-q", "no notices, no progress; errors are told all the same"},
                       {"-v", "a line for each request: method, path, status, milliseconds, the hub's error code"},
                       {"-vv", "and the headers that may be shown; keys and tokens never are"},
                       {"--log-format json",
                        "all of it as one JSON object a line: time, level (error, notice, info, debug), message, and "
                        "where known method, path, status, milliseconds, errorCode, hint, exitCode"}});
}

std::string limits_table() {
  using iothub::Operation;
  std::string text = fmt::format("  {:<6}{:>9}{:>13}{:>15}{:>7}{:>11}\n", "tier", "queries", "twin reads",
                                 "twin updates", "jobs", "registry");
  for (const std::string_view tier : iothub::tiers()) {
    const auto limit = [&](Operation operation) { return iothub::per_minute({std::string(tier), 1}, operation); };
    text += fmt::format("  {:<6}{:>9}{:>13}{:>15}{:>7}{:>11}\n", tier, limit(Operation::queries),
                        limit(Operation::twin_reads), limit(Operation::twin_updates), limit(Operation::jobs),
                        limit(Operation::registry));
  }
  return text;
}

std::string quotas() {
  return "What a hub allows, and how fwctl stays within it.\n" +
         paragraphs(
             "\nA hub limits what all its users together may ask of it, by its tier and its number of units. On an S1 "
             "hub of one unit, 20 queries a minute belong to everyone: dashboards, other pipelines, your colleagues' "
             "fwctl and yours.\n") +
         "\nOperations a minute, with one unit:\n" + limits_table() +
         paragraphs(
             "\nMore units allow more: queries, jobs and registry times the units; twin reads and updates times the "
             "units once that is more than the least shown.\n"
             "\nfwctl does not know the size of your hub: say --tier and --units (default S1, 1), or set FWCTL_TIER "
             "and "
             "FWCTL_UNITS. A watch (monitor, schedule --wait, status) spends at most --budget of each limit, half by "
             "default, so that two operators fit. --budget 25% lets four share, --budget 10% ten; --budget off asks "
             "as often as it likes. Where the hub refuses all the same, a watch halves its pace by itself and takes it "
             "back within twenty minutes. Reading a job or a twin is cheaper than a query: it has a limit of its own, "
             "which is far higher for twins. A watch therefore looks at the job itself and at single twins where it "
             "can, asks for "
             "the whole fleet's progress in one query, and spends queries on devices only for what has changed or "
             "failed.\n"
             "\nA hub over its limit answers 429. That never ends a watch: fwctl waits as long as the hub says, or "
             "10 s and then longer and longer, says so once until it was gone for ten minutes, and goes on until "
             "--timeout. Other commands repeat the request for up to two minutes, then exit 75: nothing was done, and "
             "it is safe to run them again.");
}

}  // namespace

const std::vector<HelpTopic>& help_topics() {
  static const std::vector<HelpTopic> list{
      {"exit-codes", "What the exit code says", exit_codes},
      {"environment", "The variables that fwctl reads", environment},
      {"output", "Forms of output, their JSON documents, and the log", output},
      {"quotas", "A hub's limits, and how fwctl stays within them", quotas},
  };
  return list;
}

const HelpTopic* find_topic(std::string_view name) {
  const auto& all = help_topics();
  const auto found = std::find_if(all.begin(), all.end(), [&](const HelpTopic& topic) { return topic.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace fwctl::cli
