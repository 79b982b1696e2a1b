#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "lib/localhub/api_error.hpp"
#include "lib/localhub/query/query.hpp"
#include "lib/localhub/responses.hpp"
#include "lib/localhub/service.hpp"
#include "lib/localhub/wire_names.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::int64_t largest_page = 100;
constexpr std::int64_t largest_list = 1000;

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::size_t page_size(const ServiceRequest& request) {
  const std::string_view text = header(request.http.headers, wire::max_item_count);
  if (text.empty()) return largest_page;
  const auto count = number(text);
  if (!count || *count < 1) throw ApiError(error_names::argument_invalid, "x-ms-max-item-count is not a page size.");
  return static_cast<std::size_t>(std::min(*count, largest_page));
}

/// Rows are JSON texts already.
HttpResponse page_response(const std::vector<std::string>& rows, std::string_view type,
                           const std::optional<std::string>& continuation) {
  HttpResponse response{200, {{wire::content_type, wire::json_content}, {wire::item_type, std::string(type)}}, "["};
  for (const std::string& row : rows) {
    if (response.body.size() > 1) response.body += ',';
    response.body += row;
  }
  response.body += ']';
  if (continuation) response.headers[wire::continuation] = *continuation;
  return response;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string parameter(const ServiceRequest& request, const std::string& name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string{} : lower(found->second);
}

}  // namespace

HttpResponse Service::get_device(const ServiceRequest& request) {
  return entity_response(identity_document(registry_.get(request.segments[1])));
}

HttpResponse Service::put_device(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  const TwinRow row = registry_.put(request.segments[1], request.body(), request.if_match());
  transaction.commit();
  if (row.status == "disabled") sessions_.drop(row.device_id);
  return entity_response(identity_document(row));
}

HttpResponse Service::delete_device(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  registry_.remove(request.segments[1], request.if_match());
  transaction.commit();
  sessions_.drop(request.segments[1]);
  return {204, {}, {}};
}

HttpResponse Service::list_devices(const ServiceRequest& request) {
  const std::int64_t asked = number(parameter(request, "top")).value_or(largest_list);
  return json_response(registry_.list(asked >= 1 && asked <= largest_list ? asked : largest_list));
}

HttpResponse Service::bulk_devices(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  const Json result = registry_.bulk(request.body());
  transaction.commit();
  HttpResponse response = json_response(result);
  if (!result.at("isSuccessful").get<bool>()) {
    response.status = error_names::bulk_failure.status();
    response.headers[wire::error_code] = error_names::bulk_failure.name;
    response.headers[wire::bulk_error_code] = error_names::bulk_failure.name;
  }
  return response;
}

HttpResponse Service::registry_statistics(const ServiceRequest&) { return json_response(registry_.statistics()); }

HttpResponse Service::service_statistics(const ServiceRequest&) {
  return json_response(registry_.service_statistics());
}

HttpResponse Service::get_twin(const ServiceRequest& request) {
  return entity_response(twin_document(load_known_twin(core_.database, request.segments[1])));
}

HttpResponse Service::patch_twin(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  const TwinRow row = twins_.update(request.segments[1], request.body(), plain_etag(request.if_match()));
  transaction.commit();
  return entity_response(twin_document(row));
}

HttpResponse Service::put_twin(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  const TwinRow row = twins_.replace(request.segments[1], request.body(), plain_etag(request.if_match()));
  transaction.commit();
  return entity_response(twin_document(row));
}

HttpResponse Service::query(const ServiceRequest& request) {
  const std::string text = text_member(request.body(), "query");
  if (text.empty()) throw ApiError(error_names::argument_null, "BadRequest");
  const Renderer renderer{
      [this](std::int64_t sequence) { return twin_document(load_twin(core_.database, sequence).value()).dump(); },
      [this](const std::string& job, std::int64_t position) {
        return device_job_document(core_.database, job, position).dump();
      }};
  try {
    const QueryPage page =
        run_query(core_.database, renderer, text, page_size(request), header(request.http.headers, wire::continuation));
    return page_response(page.rows, to_text(page.type), page.continuation);
  } catch (const QueryError& error) {
    throw ApiError(error_names::argument_invalid, error.what());
  }
}

HttpResponse Service::put_job(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  const Json job = jobs_.create(request.segments[2], request.body());
  transaction.commit();
  return json_response(job);
}

HttpResponse Service::get_job(const ServiceRequest& request) { return json_response(jobs_.get(request.segments[2])); }

HttpResponse Service::cancel_job(const ServiceRequest& request) {
  Transaction transaction(core_.database);
  const Json job = jobs_.cancel(request.segments[2]);
  transaction.commit();
  return json_response(job);
}

HttpResponse Service::list_jobs(const ServiceRequest& request) {
  const std::string type = parameter(request, "jobType");
  const std::string status = parameter(request, "jobStatus");
  const std::string after(header(request.http.headers, wire::continuation));
  const std::size_t size = page_size(request);
  Statement rows = core_.database.prepare(
      "SELECT job_id FROM jobs WHERE job_id > ?1 AND (?2 = '' OR lower(type) = ?2) AND (?3 = '' OR lower(status) = ?3) "
      "ORDER BY job_id LIMIT ?4");
  rows.bind_all(after, type, status, static_cast<std::int64_t>(size) + 1);
  std::vector<std::string> documents;
  std::string last;
  bool more = false;
  while (rows.step()) {
    more = documents.size() == size;
    if (more) break;
    last = rows.text(0);
    documents.push_back(jobs_.get(last).dump());
  }
  return page_response(documents, "JobResponse", more ? std::optional(last) : std::nullopt);
}

HttpResponse Service::list_import_jobs(const ServiceRequest&) { return json_response(Json::array()); }

HttpResponse Service::get_import_job(const ServiceRequest& request) {
  throw ApiError(error_names::job_not_found, fmt::format("Job {} does not exist.", request.segments[1]));
}

}  // namespace fwctl::localhub
