#include "cmd/fwctl/commands.hpp"

namespace fwctl::cli {

const std::vector<Noun>& nouns() {
  static const std::vector<Noun> list{
      {"job", "The hub's jobs, and what became of each device in one"},
      {"device", "The identity registry"},
      {"twin", "One device's twin"},
  };
  return list;
}

const std::vector<Command>& commands() {
  static const std::vector<Command> list{
      schedule(),
      monitor(),
      status(),
      job_list(),
      job_show(),
      job_cancel(),
      job_devices(),  //
      device_list(),
      device_show(),
      device_create(),
      device_delete(),             //
      device_connection_string(),  //
      twin_show(),
      twin_update(),  //
      query(),
      sas_token(),
      schema(),
      version(),
  };
  return list;
}

}  // namespace fwctl::cli
