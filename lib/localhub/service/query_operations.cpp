#include "lib/localhub/query/query.hpp"
#include "lib/localhub/service/responses.hpp"
#include "lib/localhub/service/service.hpp"
#include "lib/localhub/twins/twin_text.hpp"

namespace fwctl::localhub {
namespace {

const Renderer& renderer() {
  static const Renderer both{
      twin_columns, [](const Statement& row, int first) { return twin_text(read_twin(row, first)); },
      device_job_columns,
      [](const Statement& row, int first) { return device_job_document(read_device_job(row, first)).dump(); }};
  return both;
}

HttpResponse run(const Database& database, const QueryRequest& query) {
  try {
    const QueryPage page = run_query(database, renderer(), query);
    return page_response(page.rows, to_text(page.type), page.continuation);
  } catch (const QueryError& error) {
    throw ApiError(error_names::argument_invalid, error.what());
  }
}

}  // namespace

Service::Answer Service::query(const ServiceRequest& request) {
  QueryRequest query{text_member(request.body(), "query"), request.page_size(core_.switches.page_limit),
                     request.continuation(), parts_.lag.horizon(), dialect_of(core_.switches)};
  if (query.text.empty()) throw ApiError(error_names::argument_null, "BadRequest");
  return [this, query](const Done& done) {
    parts_.aside.run([query](const Database& database) { return run(database, query); }, done);
  };
}

}  // namespace fwctl::localhub
