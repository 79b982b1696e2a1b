#include "cmd/fwctl/commands/targets.hpp"

#include <fmt/format.h>

#include <fstream>
#include <set>

#include "cmd/common/files.hpp"
#include "fwctl/base/error.hpp"
#include "fwctl/firmware/contract.hpp"
#include "fwctl/firmware/fleet_reader.hpp"
#include "fwctl/iothub/query_text.hpp"

namespace fwctl::cli {
namespace {

using firmware::longest_condition;  // that its devices can be counted by
constexpr std::string_view list_begin = "deviceId IN [";
constexpr std::string_view separator = ", ";

std::vector<std::size_t> cut(const DeviceIds& ids) {
  std::vector<std::size_t> ends;
  std::size_t length = list_begin.size();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::size_t more = iothub::quote_literal(ids[i]).size() + separator.size();
    if (length + more > longest_condition) {
      ends.push_back(i);
      length = list_begin.size();
    }
    length += more;
  }
  ends.push_back(ids.size());
  return ends;
}

DeviceIds named_devices(const TargetArgs& args, Context& ctx) {
  DeviceIds ids;
  for (const std::string& id : args.devices) ids.add(id, "--device");
  if (args.devices_file == "-") {
    ids.add_lines(standard_input(ctx.in, "--devices-file"), "standard input");
  } else if (!args.devices_file.empty()) {
    std::ifstream file = open_file(args.devices_file, "--devices-file");
    ids.add_lines(file, args.devices_file);
  }
  if (ids.size() == 0)
    throw UsageError(
        fmt::format("{} names no device", args.devices_file == "-" ? "standard input" : args.devices_file));
  ids.sort();
  return ids;
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(blanks) - first + 1));
}

std::string checked_condition(const TargetArgs& args) {
  std::string text = trimmed(args.where.value_or(std::string(firmware::default_condition)));
  if (text.empty()) throw UsageError("--where is empty");
  if (text == "*" && !args.confirm) {
    throw UsageError("--where '*' is every device of the hub", "say --confirm if that is what you want");
  }
  if (text.size() > longest_condition) {
    throw UsageError(fmt::format("the condition has {} characters; with {} the hub takes what counts its devices",
                                 text.size(), longest_condition),
                     "name the devices with --devices-file, or tag them and select them by the tag");
  }
  return text;
}

}  // namespace

Targets::Targets(std::string condition) : condition_(std::move(condition)), ends_{0} {}

Targets::Targets(DeviceIds ids) : ids_(std::move(ids)), ends_(cut(ids_)) {}

std::string Targets::condition(std::size_t part) const {
  if (ids_.size() == 0) return condition_;
  std::string list(list_begin);
  for (std::size_t i = begin_of(part); i < ends_[part]; ++i) {
    if (i > begin_of(part)) list += separator;
    list += iothub::quote_literal(ids_[i]);
  }
  return list + ']';
}

std::size_t named_in(std::string_view condition) {
  if (!condition.starts_with(list_begin)) return 0;
  condition.remove_prefix(list_begin.size());
  std::set<std::string_view> names;
  for (;;) {
    const std::size_t length = iothub::literal_length(condition);
    if (length == 0) return 0;
    names.insert(condition.substr(0, length));
    condition.remove_prefix(length);
    if (condition == "]") return names.size();
    if (!condition.starts_with(separator)) return 0;
    condition.remove_prefix(separator.size());
  }
}

Targets read_targets(const TargetArgs& args, Context& ctx) {
  const bool named = !args.devices.empty() || !args.devices_file.empty();
  return named ? Targets(named_devices(args, ctx)) : Targets(checked_condition(args));
}

void declare_targets(Options& options, TargetArgs& args) {
  options.text({"--where", "COND", "Condition on twins (tags.devicetype='chiller'); '*' is every device"}, args.where);
  options.texts({"--device", "ID", "A device; may be given several times"}, args.devices);
  options.text({"--devices-file", "FILE", "Device ids, one a line, as many as there are; - is stdin"},
               args.devices_file);
  options.exclude("--where", {"--device", "--devices-file"});
  options.toggle("--confirm", args.confirm, "Yes, every device of the hub");
}

}  // namespace fwctl::cli
