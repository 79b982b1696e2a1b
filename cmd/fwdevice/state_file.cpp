#include "cmd/fwdevice/state_file.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "fwctl/base/error.hpp"

namespace fwctl::device::cli {

using nlohmann::json;

UpdateState StateFile::load(const std::string& version) const {
  UpdateState fresh;
  fresh.reported.current_version = version;
  if (path_.empty() || !std::filesystem::exists(path_)) return fresh;
  std::ifstream file(path_, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto state = update_state_from_json(json::parse(text, nullptr, /*allow_exceptions=*/false));
  if (!state) {
    throw UsageError(path_ + " is not a state file that fwdevice wrote", "delete it, and the device starts afresh");
  }
  return *state;
}

void StateFile::save(const UpdateState& state) const {
  if (path_.empty()) return;
  const std::string fresh = path_ + ".new";
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  file << to_json(state).dump(2, ' ', false, json::error_handler_t::replace) << '\n';
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(fresh, path_, error);
  if (!file || error) throw Error(fmt::format("cannot write the state file {}", path_));
}

}  // namespace fwctl::device::cli
