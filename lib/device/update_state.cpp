#include <cmath>
#include <nlohmann/json.hpp>

#include "fwctl/device/update_machine.hpp"

namespace fwctl::device {

using nlohmann::json;

json to_json(const UpdateState& state) {
  return {{"reported", firmware::to_json(state.reported)},
          {"target", firmware::to_json(state.target)},
          {"handled", state.handled}};
}

std::optional<UpdateState> update_state_from_json(const json& document) {
  if (!document.is_object()) return std::nullopt;
  const auto reported = firmware::reported_from_json(document.value("reported", json{}));
  const json handled = document.value("handled", json{});
  if (!reported || reported->current_version.empty() || !handled.is_number_integer()) return std::nullopt;

  UpdateState state{*reported, {}, handled.get<std::int64_t>()};
  const auto target = firmware::desired_from_json(document.value("target", json{}));
  if (target) state.target = *target;
  if (state.updating() && !target) return std::nullopt;
  return state;
}

UpdateSettings UpdateSettings::scaled(double factor) const {
  const auto divide = [factor](std::chrono::milliseconds duration) {
    return std::chrono::milliseconds{std::llround(static_cast<double>(duration.count()) / factor)};
  };
  UpdateSettings result = *this;
  for (auto* duration : {&result.download, &result.verify, &result.apply, &result.reboot, &result.roll_back}) {
    *duration = divide(*duration);
  }
  if (absence) result.absence = divide(*absence);
  return result;
}

}  // namespace fwctl::device
