#include "fwctl/iothub/hub_client.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fwctl/base/random.hpp"
#include "fwctl/base/url.hpp"
#include "fwctl/iothub/error.hpp"
#include "lib/iothub/codec.hpp"
#include "lib/iothub/service_error.hpp"
#include "lib/iothub/wire_names.hpp"

namespace fwctl::iothub {
namespace {

std::string target(const std::string& path, const std::string& parameters = {}) {
  return fmt::format("{}?api-version={}{}", path, wire::api_version, parameters);
}

std::string entity(const char* collection, const std::string& id) {
  return fmt::format("{}/{}", collection, percent_encode(id));
}

Call get(const std::string& path) { return {{"GET", target(path), {}, {}}}; }

Call with_body(const char* method, const std::string& path, std::string body, Retry retry) {
  return {{method, target(path), {{wire::content_type, wire::json_content}}, std::move(body)}, retry};
}

/// Quoted, because that is the only form that works on every kind of entity.
void set_if_match(Call& call, const std::string& etag) {
  call.request.headers[wire::if_match] = fmt::format("\"{}\"", etag.empty() ? "*" : etag);
}

bool is_not_found(const ServiceError& error) { return error.status() == 404 && error.is_of_hub(); }

/// A hub may send some while it looks for rows that are far apart.
constexpr int most_empty_pages = 1000;

template <typename Value>
Value read(const HttpResponse& response, Value (*from_json)(const nlohmann::ordered_json&), const char* what) {
  return from_json(parse_document(response.body, what));
}

}  // namespace

HubClient::HubClient(Transport& transport, const Clock& clock, std::string user_agent)
    : transport_(transport), clock_(clock), user_agent_(std::move(user_agent)) {}

HttpResponse HubClient::send(Call call) const {
  const std::string id = random_uuid();
  call.request.headers[wire::user_agent] = user_agent_;
  call.request.headers[wire::accept] = "application/json";
  call.request.headers[wire::request_id] = id;
  call.request.headers[wire::client_request_id] = id;
  const Time asked = clock_.now();
  HttpResponse response = transport_.send(call);
  learn_time(response, asked);
  if (response.status < 200 || response.status >= 300) throw service_error(response, clock_.now());
  return response;
}

/// The hub wrote its Date at some time between our question and now, and in whole seconds.
void HubClient::learn_time(const HttpResponse& response, Time asked) const {
  constexpr std::chrono::seconds tolerance{5};
  const auto theirs = parse_http_date(header(response.headers, wire::date));
  if (!theirs) return;
  const Ticks behind = std::min(*theirs - asked, Ticks{0});
  const Ticks ahead = std::max(*theirs - clock_.now(), Ticks{0});
  offset_ = std::max(-behind, ahead) > tolerance ? behind + ahead : Ticks{0};
}

template <typename Row>
Pages<Row> HubClient::pages(Call first, std::function<Row(std::string)> read) const {
  const auto state = std::make_shared<std::optional<Call>>(std::move(first));
  const auto empty = std::make_shared<int>(0);  // pages, one after the other
  return Pages<Row>([this, state, empty, read]() -> std::optional<Page<Row>> {
    if (!*state) return std::nullopt;
    HttpResponse response = send(**state);
    const std::string next(header(response.headers, wire::continuation));
    const std::string asked(header((*state)->request.headers, wire::continuation));
    if (next.empty()) {
      state->reset();
    } else if (next == asked) {
      throw ProtocolError("the hub sent the same continuation token twice: its pages would never end");
    } else {
      (*state)->request.headers[wire::continuation] = next;
    }
    Page<Row> page;
    for (std::string& row : rows_from_text(std::move(response.body), "a page")) page.push_back(read(std::move(row)));
    *empty = page.empty() ? *empty + 1 : 0;
    if (*empty > most_empty_pages) throw ProtocolError(fmt::format("the hub sent {} pages without a row", *empty));
    return page;
  });
}

// --- scheduled jobs
// ---------------------------------------------------------------------------------------------------

std::string HubClient::job_request_body(const TwinJob& job) { return job_to_text(job); }

Job HubClient::create_job(const TwinJob& job) {
  const Call call = with_body("PUT", entity(wire::jobs, job.id), job_to_text(job), Retry::if_refused);
  return read(send(call), job_from_json, "a new job");
}

std::optional<Job> HubClient::get_job(const std::string& id) {
  try {
    Job job = read(send(get(entity(wire::jobs, id))), job_from_json, "a job");
    if (job.status == JobStatus::unknown) return std::nullopt;
    return job;
  } catch (const ServiceError& error) {
    if (is_not_found(error)) return std::nullopt;
    throw;
  }
}

Job HubClient::cancel_job(const std::string& id) {
  Call call{{"POST", target(entity(wire::jobs, id) + "/cancel"), {}, {}}};
  return read(send(std::move(call)), job_from_json, "a cancelled job");
}

Pages<Job> HubClient::list_jobs(const std::string& type, const std::string& status, int page_size) {
  std::string filters;
  if (!type.empty()) filters += "&jobType=" + percent_encode(type);
  if (!status.empty()) filters += "&jobStatus=" + percent_encode(status);
  Call call{{"GET", target(wire::job_query, filters), {{wire::max_item_count, std::to_string(page_size)}}, {}}};
  return pages<Job>(std::move(call),
                    [](const std::string& row) { return job_from_json(parse_document(row, "a job")); });
}

// --- queries
// ----------------------------------------------------------------------------------------------------------

Pages<std::string> HubClient::query(const std::string& sql, int page_size) {
  Call call = with_body("POST", wire::device_query, nlohmann::json{{"query", sql}}.dump(), Retry::always);
  call.request.headers[wire::max_item_count] = std::to_string(page_size);
  return pages<std::string>(std::move(call), [](std::string row) { return row; });
}

// --- twins
// ------------------------------------------------------------------------------------------------------------

std::optional<Twin> HubClient::get_twin(const std::string& id) {
  try {
    return read(send(get(entity(wire::twins, id))), twin_from_json, "a twin");
  } catch (const ServiceError& error) {
    if (is_not_found(error)) return std::nullopt;
    throw;
  }
}

Twin HubClient::update_twin(const std::string& id, const std::string& patch, const std::string& etag) {
  Call call = with_body("PATCH", entity(wire::twins, id), patch, Retry::always);
  set_if_match(call, etag);
  return read(send(std::move(call)), twin_from_json, "a twin");
}

// --- the identity registry
// --------------------------------------------------------------------------------------------

Device HubClient::create_device(const NewDevice& device) {
  const Call call = with_body("PUT", entity(wire::devices, device.id), device_to_text(device), Retry::if_refused);
  return read(send(call), device_from_json, "a new device");
}

std::optional<Device> HubClient::get_device(const std::string& id) {
  try {
    return read(send(get(entity(wire::devices, id))), device_from_json, "a device");
  } catch (const ServiceError& error) {
    if (is_not_found(error)) return std::nullopt;
    throw;
  }
}

void HubClient::delete_device(const std::string& id, const std::string& etag) {
  Call call{{"DELETE", target(entity(wire::devices, id)), {}, {}}};
  set_if_match(call, etag);
  constexpr int no_content = 204;
  const int status = send(std::move(call)).status;
  if (status != no_content) throw ProtocolError(fmt::format("the hub's answer for a deletion is HTTP {}", status));
}

std::vector<BulkFailure> HubClient::create_devices(const std::vector<NewDevice>& devices) {
  Call call = with_body("POST", wire::devices, bulk_to_text(devices), Retry::if_refused);
  try {
    return bulk_failures_from_text(send(std::move(call)).body);
  } catch (const ServiceError& error) {
    // 400 with the same body as a success: some lines failed.
    if (error.code() != "BulkRegistryOperationFailure") throw;
    return bulk_failures_from_text(error.detail().body);
  }
}

}  // namespace fwctl::iothub
