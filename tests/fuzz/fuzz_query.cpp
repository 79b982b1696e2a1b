#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/hub_fixture.hpp"

namespace fwctl::fuzz {
namespace {

using Json = test::HubFixture::Json;

/// Queries change nothing, so that one hub serves all of them.
test::HubFixture& hub() {
  static test::HubFixture hub;
  static const bool filled = [] {
    hub.create_device("a", {{"site", "munich"}, {"n", 1}, {"on", true}, {"deep", {{"x", 0}}}, {"list", {1, "two"}}});
    hub.create_device("b", {{"site", "rome"}, {"n", 2.5}, {"big", 4503599627370495}, {"huge", 1.7e308}});
    hub.create_device("c", {{"n", "1"}, {"é", "日本"}, {"huge", 1.7e308}, {"e", nlohmann::ordered_json::object()}});
    return true;
  }();
  static_cast<void>(filled);
  return hub;
}

std::string body(const char* name, std::string_view text) {
  return Json{{name, text}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

HttpResponse post(const std::string& path, const std::string& body, Headers headers) {
  headers["Authorization"] = hub().token("localhost", test::HubFixture::key, "iothubowner");
  return hub().send({"POST", path + "?api-version=2021-04-12", headers, body});
}

void ask(std::string_view text) {
  const std::string query = body("query", text);
  const HttpResponse first = post("/devices/query", query, {{"x-ms-max-item-count", "1"}});
  require(first.status == 200 || first.status == 400, "a query is answered with " + first.body);
  if (first.status == 400 && !text.empty()) {
    require(first.body.find("Line ") != std::string::npos, "a refusal names no place: " + first.body);
  }
  const auto token = first.headers.find("x-ms-continuation");
  if (token == first.headers.end()) return;
  const HttpResponse next = post("/devices/query", query, {{"x-ms-continuation", token->second}});
  require(next.status == 200, "the second page is answered with " + next.body);
}

void try_condition(std::string_view text) {
  const HttpResponse answer = post("/configurations/testQueries", body("targetCondition", text), {});
  require(answer.status == 200 || answer.status == 400, "a condition is answered with " + answer.body);
}

}  // namespace
}  // namespace fwctl::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fwctl::fuzz::Input(bytes, size).rest();
  fwctl::fuzz::ask(text);
  fwctl::fuzz::ask("SELECT deviceId FROM devices WHERE " + std::string(text));
  fwctl::fuzz::try_condition(text);
  return 0;
}
