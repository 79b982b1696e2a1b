#include "lib/localhub/jobs/import_jobs.hpp"

#include <fmt/core.h>

#include "fwctl/base/random.hpp"
#include "lib/localhub/api_error.hpp"

namespace fwctl::localhub {
namespace {

void require_container(const Json& body, const char* name) {
  if (text_member(body, name).starts_with("https://")) return;
  throw ApiError(error_names::blob_container, fmt::format("{} must be the https address of a container.", name));
}

/// What the client may say, in the order of the service's own documents.
Json asked_for(const Json& body) {
  Json job = Json::object();
  for (const char* name :
       {"inputBlobContainerUri", "outputBlobContainerUri", "inputBlobName", "outputBlobName", "excludeKeysInExport",
        "storageAuthenticationType", "identity", "includeConfigurations", "configurationsBlobName"}) {
    if (const Json* member = find_member(body, name)) job[name] = *member;
  }
  return job;
}

}  // namespace

Json ImportJobs::create(const Json& body) {
  const std::string type = text_member(body, "type");
  if (type != "import" && type != "export") {
    throw ApiError(error_names::argument_invalid, "type must be import or export.");
  }
  if (type == "import") require_container(body, "inputBlobContainerUri");
  require_container(body, "outputBlobContainerUri");
  const std::string now = core_.now_text();
  Json job{{"jobId", random_uuid()}, {"startTimeUtc", now}, {"type", type}, {"status", "enqueued"}, {"progress", 0}};
  job.update(asked_for(body));
  Json ended = job;
  ended.update({{"endTimeUtc", now}, {"status", "failed"}, {"failureReason", "This hub reaches no storage account."}});
  core_.database.prepare("INSERT INTO import_jobs VALUES (?, ?)")
      .bind_all(job["jobId"].get<std::string>(), ended.dump())
      .run();
  return job;
}

Json ImportJobs::list() const {
  Json jobs = Json::array();
  Statement rows = core_.database.prepare("SELECT document FROM import_jobs ORDER BY rowid");
  while (rows.step()) jobs.push_back(Json::parse(rows.text(0)));
  return jobs;
}

Json ImportJobs::get(const std::string& id) const {
  Statement row = core_.database.prepare("SELECT document FROM import_jobs WHERE job_id = ?");
  if (row.bind_all(id).step()) return Json::parse(row.text(0));
  throw ApiError(error_names::job_not_found, fmt::format("Job {} does not exist.", id));
}

void ImportJobs::cancel(const std::string& id) {
  get(id);  // none is still running, so there is nothing more to stop
}

}  // namespace fwctl::localhub
