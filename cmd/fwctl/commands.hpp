#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cmd/fwctl/context.hpp"
#include "cmd/fwctl/exit_code.hpp"
#include "cmd/fwctl/options.hpp"

namespace fwctl::cli {

/// A command with its arguments, ready to go. It throws, or says how it ended.
using Run = std::function<ExitCode(Context&)>;

/// A line of the table. Declaring binds options and touches nothing else; parsing only chooses.
struct Command {
  std::string name;     // "version", or noun and verb: "job list"
  std::string summary;  // one line
  std::string example;  // real ones, a line each
  std::function<Run(Options&)> declare;
};

struct Noun {
  std::string name;
  std::string summary;
};

/// All of them, in the order in which help shows them.
const std::vector<Noun>& nouns();
const std::vector<Command>& commands();

// One for each file in commands/.
Command schedule();
Command monitor();
Command status();
Command job_list();
Command job_show();
Command job_cancel();
Command job_devices();
Command device_list();
Command device_show();
Command device_create();
Command device_delete();
Command device_connection_string();
Command twin_show();
Command twin_update();
Command query();
Command sas_token();
Command schema();
Command version();

}  // namespace fwctl::cli
