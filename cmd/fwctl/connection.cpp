#include "cmd/fwctl/connection.hpp"

#include "cmd/common/connection.hpp"

namespace fwctl::cli {

iothub::ServiceConnection load_connection(const Settings& settings, const World& world,
                                          const std::function<void(const std::string&)>& warn) {
  const ConnectionPlaces places{
      settings.connection_string,
      settings.connection_string_file,
      {{"FWCTL_CONNECTION_STRING"}, {"FWCTL_CONNECTION_STRING_FILE", true}, {"IOTHUB_CONNECTION_STRING"}}};
  const std::string text = find_connection_string(places, {world.env, world.in}, warn);
  return iothub::parse_service_connection(text);
}

}  // namespace fwctl::cli
