#include "lib/localhub/service/responses.hpp"
#include "lib/localhub/service/service.hpp"

namespace fwctl::localhub {

Service::Answer Service::put_job(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  const Json job = parts_.jobs.create(request.segments[2], request.body());
  transaction.commit();
  return json_response(job);
}

Service::Answer Service::get_job(const ServiceRequest& request) {
  return json_response(parts_.jobs.get(request.segments[2]));
}

Service::Answer Service::cancel_job(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  const Json job = parts_.jobs.cancel(request.segments[2]);
  transaction.commit();
  return json_response(job);
}

Service::Answer Service::list_jobs(const ServiceRequest& request) {
  const std::size_t size = request.page_size(core_.switches.page_limit);
  auto jobs =
      parts_.jobs.list(request.parameter("jobType"), request.parameter("jobStatus"), request.continuation(), size);
  std::optional<std::string> more;
  if (jobs.size() > size) {
    jobs.pop_back();
    more = jobs.back().at("jobId").get<std::string>();
  }
  std::vector<std::string> rows;
  for (const Json& job : jobs) rows.push_back(job.dump());
  return page_response(rows, "JobResponse", more);
}

Service::Answer Service::create_import_job(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  const Json job = parts_.import_jobs.create(request.body());
  transaction.commit();
  return json_response(job);
}

Service::Answer Service::list_import_jobs(const ServiceRequest&) { return json_response(parts_.import_jobs.list()); }

Service::Answer Service::get_import_job(const ServiceRequest& request) {
  return json_response(parts_.import_jobs.get(request.segments[1]));
}

Service::Answer Service::cancel_import_job(const ServiceRequest& request) {
  parts_.import_jobs.cancel(request.segments[1]);
  return empty_response();
}

}  // namespace fwctl::localhub
