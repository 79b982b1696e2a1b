#pragma once

#include <fmt/format.h>

#include <string>

#include "cmd/fwctl/context.hpp"
#include "cmd/fwctl/errors.hpp"
#include "cmd/fwctl/output/output.hpp"

namespace fwctl::cli {

/// The hub's job, or NotFound.
inline iothub::Job existing_job(Context& ctx, const std::string& id) {
  if (auto job = ctx.hub().get_job(id)) return *job;
  throw NotFound(fmt::format("no job {}", id), "fwctl job list shows what there is");
}

/// The columns of one job; `at` is where the hub's document stands: "" or "/job".
inline Columns job_columns(const std::string& at) {
  return {{"JOB", at + "/jobId"},
          {"TYPE", at + "/type"},
          {"STATUS", at + "/status"},
          {"START", at + "/startTime"},
          {"END", at + "/endTime"},
          {"DEVICES", at + "/deviceJobStatistics/deviceCount"},
          {"SUCCEEDED", at + "/deviceJobStatistics/succeededCount"},
          {"FAILED", at + "/deviceJobStatistics/failedCount"}};
}

}  // namespace fwctl::cli
