#pragma once

#include <string>
#include <vector>

#include "cmd/fwctl/context.hpp"
#include "cmd/fwctl/output/output.hpp"
#include "fwctl/iothub/job.hpp"

namespace fwctl::cli {

/// What an id names: a job of the hub, or a logical one with the parts that the hub has of it.
struct NamedJob {
  std::vector<iothub::Job> jobs;  // in their order
  std::size_t count = 1;          // how many there are to be; not all may be submitted yet
};

/// Throws NotFound, and Conflict when the parts that are called so belong to different lists.
NamedJob existing_job(Context& ctx, const std::string& id);

/// The columns of one job; `at` is where the hub's document stands: "" or "/job".
Columns job_columns(const std::string& at);

/// Prints the hub's own documents: one document for a job, a list for the parts of a logical one.
void print_jobs(Context& ctx, const NamedJob& named, Columns more = {});

}  // namespace fwctl::cli
