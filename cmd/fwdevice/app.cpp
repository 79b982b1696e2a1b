#include "cmd/fwdevice/app.hpp"

#include <ostream>

#include "cmd/common/connection.hpp"
#include "cmd/fwdevice/commands.hpp"
#include "fwctl/base/error.hpp"
#include "fwctl/iothub/error.hpp"

namespace fwctl::device::cli {
namespace {

ExitCode code_of(const iothub::ServiceError& error) {
  const int status = error.status();
  if (status == 401 || status == 403) return ExitCode::denied;
  return status == 408 || status == 429 || status >= 500 ? ExitCode::unavailable : ExitCode::failed;
}

ExitCode tell(std::ostream& err, const Error& error, ExitCode code) {
  err << "fwdevice: " << error.what() << '\n';
  if (!error.hint().empty()) err << "hint: " << error.hint() << '\n';
  return code;
}

ExitCode run_chosen(const std::vector<std::string>& arguments, World& world) {
  const Arguments chosen = parse_arguments(arguments);
  if (const auto* run = std::get_if<RunArguments>(&chosen)) return run_device(*run, world);
  if (const auto* fleet = std::get_if<FleetArguments>(&chosen)) return run_fleet(*fleet, world);
  world.out << std::get<std::string>(chosen);
  return ExitCode::ok;
}

}  // namespace

std::string connection_text(const CommonArguments& common, const World& world, const char* variable) {
  const auto warn = [&world](const std::string& line) { world.err << "fwdevice: " << line << '\n'; };
  return fwctl::cli::find_connection_string({common.connection_string, common.connection_string_file, {{variable}}},
                                            {world.env, world.in}, warn);
}

ExitCode run_app(const std::vector<std::string>& arguments, World& world) {
  try {
    return run_chosen(arguments, world);
  } catch (const UsageError& error) {
    return tell(world.err, error, ExitCode::usage);
  } catch (const iothub::ServiceError& error) {
    return tell(world.err, error, code_of(error));
  } catch (const iothub::TransportError& error) {
    return tell(world.err, error, ExitCode::unavailable);
  } catch (const Interrupted&) {
    return ExitCode::ok;  // stopped while the fleet was being registered
  } catch (const Error& error) {
    return tell(world.err, error, ExitCode::failed);
  } catch (const std::exception& error) {
    world.err << "fwdevice: unexpected: " << error.what() << '\n';
    return ExitCode::failed;
  }
}

}  // namespace fwctl::device::cli
