#include "fwctl/iothub/error.hpp"

#include <fmt/core.h>

#include "lib/iothub/wire_names.hpp"

namespace fwctl::iothub {
namespace {

std::string describe(const ServiceError::Detail& detail) {
  std::string text = detail.code.empty() ? fmt::format("HTTP {}", detail.status)
                                         : fmt::format("{} (HTTP {})", detail.code, detail.status);
  if (!detail.message.empty()) text += ": " + detail.message;
  if (!detail.tracking_id.empty()) text += fmt::format(" [tracking id {}]", detail.tracking_id);
  return text;
}

}  // namespace

ServiceError::ServiceError(Detail detail, std::string hint)
    : Error(describe(detail), std::move(hint)), detail_(std::move(detail)) {}

bool ServiceError::no_job_slot() const noexcept { return detail_.code == wire::no_job_slot; }
bool ServiceError::quota_exceeded() const noexcept { return detail_.code == wire::quota_exceeded; }

}  // namespace fwctl::iothub
