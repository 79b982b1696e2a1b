#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace fwctl::cli {

enum class Format { table, json, jsonl, tsv };
enum class LogFormat { text, json };

/// The flags that every command has.
struct Settings {
  std::string connection_string;
  std::string connection_string_file;  // "-": standard input
  std::string ca_file;
  Format format = Format::table;
  LogFormat log_format = LogFormat::text;
  int verbosity = 0;
  bool quiet = false;
  bool no_color = false;
  /// How long the whole command may take: the budget of repeats, and the deadline of commands that wait.
  std::optional<std::chrono::milliseconds> timeout;
  std::chrono::milliseconds request_timeout{60'000};
  /// How large the hub is, and what part of its limits a watch may use; no share: all that it wants.
  std::string tier = "S1";
  int units = 1;
  std::optional<double> budget_share = 0.5;
};

}  // namespace fwctl::cli
