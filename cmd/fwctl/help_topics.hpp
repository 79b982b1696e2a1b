#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace fwctl::cli {

/// What `fwctl help NAME` explains beside commands.
struct HelpTopic {
  std::string name;
  std::string summary;
  std::function<std::string()> text;
};
const std::vector<HelpTopic>& help_topics();
const HelpTopic* find_topic(std::string_view name);

/// The environment that fwctl reads: `fwctl help environment`. The README's table begins with the same rows.
struct Variable {
  std::string_view name;
  std::string_view meaning;
};
inline constexpr std::array environment_table{
    Variable{"IOTHUB_CONNECTION_STRING",
             "the hub, as a service connection string; --connection-string-file F (-: stdin) is the other way"},
    Variable{"FWCTL_…", "any flag: FWCTL_OUTPUT=json is --output json; the command line wins"},
    Variable{"SSL_CERT_FILE", "trusted roots in PEM, also --ca-file"},
    Variable{"HTTPS_PROXY, NO_PROXY", "a proxy, and what goes past it"},
    Variable{"NO_COLOR, TERM=dumb", "plain text"},
};

}  // namespace fwctl::cli
