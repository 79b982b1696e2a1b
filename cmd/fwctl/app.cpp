#include "cmd/fwctl/app.hpp"

#include <csignal>
#include <ostream>

#include "cmd/fwctl/context.hpp"
#include "cmd/fwctl/errors.hpp"
#include "cmd/fwctl/messages.hpp"
#include "cmd/fwctl/parser.hpp"
#include "fwctl/iothub/error.hpp"

namespace fwctl::cli {
namespace {

ExitCode code_of(const iothub::ServiceError& error) {
  if (error.quota_exceeded()) return ExitCode::unavailable;
  switch (error.status()) {
    case 400:
      return ExitCode::usage;
    case 401:
    case 403:
      return ExitCode::denied;
    case 404:
      return ExitCode::not_found;
    case 405:
    case 409:
    case 412:
      return ExitCode::conflict;
    case 408:
    case 429:
      return ExitCode::unavailable;
    default:
      return error.status() >= 500 ? ExitCode::unavailable : ExitCode::failed;
  }
}

std::string hint_of(const iothub::ServiceError& error) {
  if (!error.hint().empty()) return error.hint();
  return error.status() == 405 ? "a job can be cancelled only before it runs: see fwctl job show" : "";
}

ExitCode tell(Messages& messages, const Error& error, ExitCode code) {
  messages.error(error.what(), error.hint(), code);
  return code;
}

ExitCode run_chosen(const std::vector<std::string>& arguments, World& world, Messages& messages) {
  Invocation invocation = parse_arguments(arguments, world.env);
  if (!invocation.run) {
    world.out << invocation.text;
    return ExitCode::ok;
  }
  Context ctx(world, std::move(invocation.settings), messages);
  return invocation.run(ctx);
}

}  // namespace

ExitCode run_app(const std::vector<std::string>& arguments, World& world) {
  Messages messages(world.err, world.clock, log_format_of(arguments, world.env));
  try {
    const ExitCode code = run_chosen(arguments, world, messages);
    if (!world.out.flush()) throw OutputError();
    return code;
  } catch (const UsageError& error) {
    return tell(messages, error, ExitCode::usage);
  } catch (const NotFound& error) {
    return tell(messages, error, ExitCode::not_found);
  } catch (const Conflict& error) {
    return tell(messages, error, ExitCode::conflict);
  } catch (const iothub::ServiceError& error) {
    messages.error(error.what(), hint_of(error), code_of(error));
    return code_of(error);
  } catch (const iothub::TransportError& error) {
    return tell(messages, error, ExitCode::unavailable);
  } catch (const DeadlinePassed& error) {
    return tell(messages, error, ExitCode::deadline_passed);
  } catch (const Interrupted& error) {
    const bool terminated = world.stop_signal() != SIGINT;
    const ExitCode code = terminated ? ExitCode::terminated : ExitCode::interrupted;
    messages.error(terminated ? "terminated" : error.what(), error.hint(), code);
    return code;
  } catch (const Error& error) {
    return tell(messages, error, ExitCode::failed);
  } catch (const std::exception& error) {
    messages.error(std::string("unexpected: ") + error.what(), {}, ExitCode::failed);
    return ExitCode::failed;
  }
}

}  // namespace fwctl::cli
