#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/follow.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "cmd/fwctl/commands/submit.hpp"
#include "cmd/fwctl/connection.hpp"
#include "fwctl/base/error.hpp"
#include "fwctl/base/iso8601.hpp"
#include "fwctl/base/sha256.hpp"
#include "fwctl/firmware/contract.hpp"
#include "fwctl/iothub/query_text.hpp"

namespace fwctl::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_condition = 8192 - 64;  // less what the hub puts in front
constexpr std::chrono::hours horizon{168};

struct Args {
  firmware::Desired firmware;
  std::string package_file;
  std::optional<std::string> where;
  std::vector<std::string> devices;
  std::string devices_file;
  std::string job_id;
  std::string start_at;
  std::chrono::milliseconds max_execution_time{std::chrono::hours{1}};
  bool confirm = false;
  bool dry_run = false;
  bool wait = false;
  FollowArgs follow;
};

std::string check_value(const Args& args) {
  if (args.firmware.check_value.empty() == args.package_file.empty()) {
    throw UsageError("give either --check-value or --package-file");
  }
  if (args.package_file.empty()) return args.firmware.check_value;
  std::ifstream file(args.package_file, std::ios::binary);
  if (!file || file.peek() == std::ifstream::traits_type::eof()) {
    throw UsageError(fmt::format("can't read {}, or it is empty", args.package_file));
  }
  return sha256_hex(file);
}

std::vector<std::string> device_ids(const Args& args, Context& ctx) {
  std::vector<std::string> ids = args.devices;
  if (args.devices_file.empty()) return ids;
  std::istringstream lines(read_text(args.devices_file, ctx.in, "--devices-file"));
  for (std::string line; std::getline(lines, line);) {
    line.erase(line.find_last_not_of(" \t\r") + 1);
    if (!line.empty()) ids.push_back(line);
  }
  if (ids.empty()) throw UsageError(fmt::format("{} names no device", args.devices_file));
  return ids;
}

std::string condition_for(const std::vector<std::string>& ids) {
  std::string list;
  for (const std::string& id : ids) list += (list.empty() ? "" : ", ") + iothub::quote_literal(id);
  return fmt::format("deviceId IN [{}]", list);
}

std::string condition(const Args& args, Context& ctx) {
  const bool named = !args.devices.empty() || !args.devices_file.empty();
  if (named && args.where) throw UsageError("--where and --device or --devices-file exclude each other");
  const std::string text =
      named ? condition_for(device_ids(args, ctx)) : args.where.value_or(std::string(firmware::default_condition));
  if (text.find_first_not_of(" \t") == std::string::npos) throw UsageError("--where is empty");
  if (text == "*" && !args.confirm) {
    throw UsageError("--where '*' is every device of the hub", "say --confirm if that is what you want");
  }
  if (text.size() > longest_condition) {
    throw UsageError(fmt::format("the condition has {} characters; the hub takes {}", text.size(), longest_condition),
                     "tag the devices, and select them by the tag");
  }
  return text;
}

/// fw-2-8-5-20260101t000000-4f2a: lower-case letters, digits and hyphens, which every hub takes.
std::string derived_job_id(const std::string& version, Context& ctx) {
  std::string slug;
  for (const char c : version.substr(0, 24)) {
    slug += std::isalnum(static_cast<unsigned char>(c)) != 0
                ? static_cast<char>(std::tolower(static_cast<unsigned char>(c)))
                : '-';
  }
  std::string time = format_iso8601(ctx.clock.now()).substr(0, 19);
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  time[8] = 't';
  return fmt::format("fw-{}-{}-{:04x}", slug, time, static_cast<unsigned>(ctx.jitter() * 0x10000));
}

std::string checked_job_id(const std::string& id) {
  const bool good = !id.empty() && id.size() <= 64 &&
                    id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  if (!good) throw UsageError(fmt::format("--job-id '{}' is not 1 to 64 lower-case letters, digits or hyphens", id));
  return id;
}

iothub::TwinJob job_from(const Args& args, Context& ctx) {
  firmware::Desired wanted = args.firmware;
  wanted.check_value = check_value(args);
  if (wanted.version.empty()) throw UsageError("--fw-version is empty");
  if (!firmware::is_https_uri(wanted.package_uri)) {
    throw UsageError(
        fmt::format("--package-uri '{}' is not an https address; devices refuse others", wanted.package_uri));
  }
  iothub::TwinJob job;
  job.id = args.job_id.empty() ? derived_job_id(wanted.version, ctx) : checked_job_id(args.job_id);
  job.query_condition = condition(args, ctx);
  job.update_twin = firmware::update_twin_patch(wanted);
  job.max_execution_time = std::chrono::ceil<std::chrono::seconds>(args.max_execution_time);
  if (job.max_execution_time < std::chrono::seconds{1}) throw UsageError("--max-execution-time is 0");
  if (!args.start_at.empty()) job.start = parse_when(args.start_at, ctx.clock.now(), "--start-at");
  if (job.start && *job.start > ctx.clock.now() + horizon) {
    throw UsageError("--start-at is more than 168 hours ahead, which the hub does not take");
  }
  return job;
}

Json job_document(const iothub::TwinJob& job) {
  Json document = new_document();
  document["jobId"] = job.id;
  document["condition"] = job.query_condition;
  document["firmware"] = Json::parse(job.update_twin)["properties"]["desired"]["firmware"];
  document["startTime"] = job.start ? Json(format_iso8601_millis(*job.start)) : Json(nullptr);
  return document;
}

Columns job_columns_of_schedule() {
  return {{"JOB", "/jobId"},
          {"STATUS", "/status"},
          {"VERSION", "/firmware/fwVersion"},
          {"WHERE", "/condition"},
          {"START", "/startTime"}};
}

/// What would be sent, to how many devices, and what they run now. Sends no write.
ExitCode dry_run(const iothub::TwinJob& job, Context& ctx) {
  Json document = job_document(job);
  document["status"] = "dry run";
  document["request"] = {{"method", "PUT"},
                         {"path", "/jobs/v2/" + job.id},
                         {"body", Json::parse(iothub::HubClient::job_request_body(job))}};
  const std::string where = job.query_condition == "*" ? "" : " WHERE " + job.query_condition;
  auto pages = ctx.hub().query(
      "SELECT properties.reported.firmware.currentFwVersion AS version, COUNT() AS devices "
      "FROM devices" +
      where + " GROUP BY properties.reported.firmware.currentFwVersion");
  std::int64_t devices = 0;
  document["runs"] = Json::array();
  while (const auto page = pages.next()) {
    for (const std::string& row : *page) {
      document["runs"].push_back(from_hub(row));
      devices += document["runs"].back().value("devices", std::int64_t{0});
    }
  }
  document["devices"] = devices;
  print_document(ctx, document,
                 {{"JOB", "/jobId"}, {"DEVICES", "/devices"}, {"RUN NOW", "/runs"}, {"REQUEST", "/request"}});
  if (devices == 0) ctx.notice("no device matches: " + job.query_condition);
  return ExitCode::ok;
}

ExitCode run(const Args& args, Context& ctx) {
  const iothub::TwinJob job = job_from(args, ctx);
  if (args.dry_run) return dry_run(job, ctx);
  const iothub::Job accepted = submit_job(ctx, job);
  if (args.wait) return follow_job(ctx, job.id, args.follow);

  Json document = job_document(job);
  document["status"] = accepted.status_text;
  document["job"] = from_hub(accepted.document);
  print_document(ctx, document, job_columns_of_schedule());
  ctx.notice(fmt::format("to follow it: fwctl monitor {}", job.id));
  return ExitCode::ok;
}

void declare_targets(Options& options, Args& args) {
  options.text({"--where", "COND", "Condition on twins (tags.devicetype='chiller'); '*' is every device"}, args.where);
  options.texts({"--device", "ID", "A device; may be given several times"}, args.devices);
  options.text({"--devices-file", "FILE", "Device ids, one a line; - is stdin"}, args.devices_file);
  options.toggle("--confirm", args.confirm, "Yes, every device of the hub");
}

void declare_firmware(Options& options, Args& args) {
  options.text({"--fw-version", "V", "The version that devices are to run", /*required=*/true}, args.firmware.version);
  options.text({"--package-uri", "URI", "Where devices get it; https only", /*required=*/true},
               args.firmware.package_uri);
  options.text({"--check-value", "TEXT", "What devices verify it by"}, args.firmware.check_value);
  options.text({"--package-file", "FILE", "The package itself: its SHA-256 is the check value"}, args.package_file);
}

}  // namespace

Command schedule() {
  return {"schedule", "Submit the job that updates the firmware of a fleet",
          "fwctl schedule --fw-version 2.8.5 --package-file 2.8.5.bin \\\n"
          "    --package-uri https://fw.contoso.com/2.8.5.bin --dry-run\n"
          "fwctl schedule --fw-version 2.8.5 --check-value 12ab \\\n"
          "    --package-uri https://fw.contoso.com/2.8.5.bin --wait --timeout 2h",
          [](Options& options) -> Run {
            auto args = std::make_shared<Args>();
            declare_firmware(options, *args);
            declare_targets(options, *args);
            options.text({"--job-id", "ID", "Lower-case letters, digits and hyphens; derived when not given"},
                         args->job_id);
            options.text({"--start-at", "TIME", "RFC 3339 or +2h, at most 168 hours ahead; now when not given"},
                         args->start_at);
            options.duration({"--max-execution-time", "DURATION", "Twins not written by then fail (1h)"},
                             args->max_execution_time);
            options.toggle("--dry-run", args->dry_run, "Show the request, how many devices it means and what they run");
            options.toggle("--wait", args->wait, "Follow the job as monitor does");
            declare_follow(options, args->follow);
            args->follow.just_created = true;
            return [args](Context& ctx) { return run(*args, ctx); };
          }};
}

}  // namespace fwctl::cli
