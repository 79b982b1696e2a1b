#pragma once

#include <string>

#include "lib/localhub/core.hpp"
#include "lib/localhub/json.hpp"

namespace fwctl::localhub {

/// Import and export of identities to blob storage ("v1" jobs). This hub reaches no storage account: it takes a job in,
/// and the job fails with that reason, as one does at the real hub whose storage can't be reached. Callers hold the
/// transaction.
class ImportJobs {
 public:
  explicit ImportJobs(Core& core) : core_(core) {}

  /// POST /jobs/create. Throws ApiError for another type or a container that is no https address.
  Json create(const Json& body);
  Json list() const;
  /// Throws ApiError (404 JobNotFound).
  Json get(const std::string& id) const;
  void cancel(const std::string& id);

 private:
  Core& core_;
};

}  // namespace fwctl::localhub
