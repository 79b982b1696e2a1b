#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fwctl/iothub/device.hpp"
#include "fwctl/iothub/job.hpp"
#include "fwctl/iothub/transport.hpp"
#include "fwctl/iothub/twin.hpp"

namespace fwctl::iothub {

/// One page of rows. A page may be empty although more follow.
template <typename Row>
using Page = std::vector<Row>;

/// Pages one by one: `next()` asks the hub for the next page and returns nullopt after the last. Ends when the hub
/// sends no continuation token, never because a page was empty. Memory holds one page.
template <typename Row>
class Pages {
 public:
  using Fetch = std::function<std::optional<Page<Row>>()>;
  explicit Pages(Fetch fetch) : fetch_(std::move(fetch)) {}
  std::optional<Page<Row>> next() { return fetch_(); }

 private:
  Fetch fetch_;
};

/// The thin client: one method an operation of the service's REST interface, api-version 2021-04-12.
///
/// Everything about HTTP that is the same for all of them (tokens, repeats, logs) sits in the transport. All methods
/// throw ServiceError, TransportError or ProtocolError, and Interrupted; what else an operation can answer stands
/// with it. Every request carries `Request-Id` and `x-ms-client-request-id` with the same fresh UUID.
class HubClient {
 public:
  /// `clock` tells whether a refused token is the fault of this machine's time.
  HubClient(Transport& transport, const Clock& clock, std::string user_agent);

  /// The hub's time, as far as its answers have told: this machine's, put right when the two differ by more than a few
  /// seconds. What is compared with times that the hub wrote is compared by it.
  Time now() const { return clock_.now() + offset_; }

  // --- scheduled jobs -------------------------------------------------------------------------------------------

  /// The exact body that create_job sends: what a dry run shows.
  static std::string job_request_body(const TwinJob& job);

  /// PUT /jobs/v2/{id}. Answers the hub's short form, status `queued`.
  /// Errors  409 JobAlreadyExists; 429 ThrottlingMaxActiveJobCountExceeded: all job slots are taken; 412 without etag *
  /// Retry   only when refused: after a lost answer the caller reads the job back and compares
  Job create_job(const TwinJob& job);

  /// GET /jobs/v2/{id}. An unknown job is nullopt, whether the hub says 404 or 200 with status `unknown`.
  std::optional<Job> get_job(const std::string& id);

  /// POST /jobs/v2/{id}/cancel.
  /// Errors  405 OperationNotAllowedInCurrentState: it runs or has ended; 404 JobNotFound
  Job cancel_job(const std::string& id);

  /// GET /jobs/v2/query. Empty filters select all; the words are the wire's (`scheduleUpdateTwin`, `running`).
  Pages<Job> list_jobs(const std::string& type, const std::string& status, int page_size = 100);

  // --- queries --------------------------------------------------------------------------------------------------

  /// POST /devices/query. Rows are JSON texts, as the hub wrote them. `page_size` is 1 to 100.
  /// Errors  400 ArgumentInvalid: the hub does not take the query, and does not say where
  Pages<std::string> query(const std::string& sql, int page_size = 100);

  // --- twins ----------------------------------------------------------------------------------------------------

  /// GET /twins/{id}; nullopt: no such device. Strongly consistent, which a query is not.
  std::optional<Twin> get_twin(const std::string& id);

  /// PATCH /twins/{id} with {tags?, properties: {desired?}}; null deletes. Empty etag: whatever is there.
  /// Errors  412 PreconditionFailed: the twin has moved on; 404 DeviceNotFound
  Twin update_twin(const std::string& id, const std::string& patch, const std::string& etag = {});

  // --- the identity registry ------------------------------------------------------------------------------------

  /// PUT /devices/{id} without If-Match: creates only.
  /// Errors  409 DeviceAlreadyExists.  Retry  only when refused
  Device create_device(const NewDevice& device);

  /// GET /devices/{id}; nullopt: no such device.
  std::optional<Device> get_device(const std::string& id);

  /// DELETE /devices/{id} with If-Match. The twin goes with it.
  /// Errors  404 DeviceNotFound; 412 PreconditionFailed.  Retry  always
  void delete_device(const std::string& id, const std::string& etag = {});

  /// POST /devices with importMode create, 1 to 100 devices. Lines are independent: the answer names those that
  /// failed, which is no exception.  Retry  only when refused
  std::vector<BulkFailure> create_devices(const std::vector<NewDevice>& devices);

 private:
  HttpResponse send(Call call) const;
  void learn_time(const HttpResponse& response, Time asked) const;
  template <typename Row>
  Pages<Row> pages(Call first, std::function<Row(std::string)> read) const;

  Transport& transport_;
  const Clock& clock_;
  std::string user_agent_;
  mutable Ticks offset_{0};  // of the hub's clock from ours
};

}  // namespace fwctl::iothub
