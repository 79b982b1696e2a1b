#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/hub_fixture.hpp"

namespace fwctl::fuzz {
namespace {

using Json = test::HubFixture::Json;

/// Writes twice, so that the second document meets what the first has left.
class Twin {
 public:
  Twin() {
    hub().call("DELETE", "/devices/a", nullptr, {{"If-Match", "*"}});
    hub().create_device("a");
  }

  void write(const std::string& method, const std::string& body) {
    const HttpResponse answer = hub().send({method, "/twins/a?api-version=2021-04-12", owner(), body});
    require(answer.status == 200 || answer.status == 400 || answer.status == 413, "a twin: " + answer.body);
  }
  void report(const std::string& patch) {
    const auto connection = hub().connect("a");
    hub().hub().publish(connection, "$iothub/twin/PATCH/properties/reported/?$rid=1", patch, 0);
    hub().hub().publish(connection, "$iothub/twin/GET/?$rid=2", "", 0);
    hub().hub().disconnect(connection);
    hub().hub().take_effects();
  }

  /// What a service reads and what a query gives are one document.
  void check() {
    const std::string query = R"({"query":"SELECT * FROM devices"})";
    const HttpResponse one = hub().send({"GET", "/twins/a?api-version=2021-04-12", owner(), ""});
    const HttpResponse all = hub().send({"POST", "/devices/query?api-version=2021-04-12", owner(), query});
    require(one.status == 200 && all.status == 200, "the twin can't be read: " + one.body + all.body);
    require("[" + one.body + "]" == all.body, "the twin reads " + one.body + " and " + all.body);
    require(!Json::parse(one.body, nullptr, false).is_discarded(), "the twin is no JSON: " + one.body);
  }

 private:
  static test::HubFixture& hub() {
    static test::HubFixture hub;
    return hub;
  }
  static Headers owner() { return {{"Authorization", hub().token("localhost", test::HubFixture::key, "iothubowner")}}; }
};

void write(Twin& twin, int way, const std::string& text) {
  switch (way % 5) {
    case 0:
      return twin.write("PATCH", R"({"tags":)" + text + "}");
    case 1:
      return twin.write("PATCH", R"({"properties":{"desired":)" + text + "}}");
    case 2:
      return twin.report(text);
    case 3:
      return twin.write("PUT", R"({"tags":)" + text + R"(,"properties":{"desired":)" + text + "}}");
    default:
      return twin.write("PATCH", text);
  }
}

}  // namespace
}  // namespace fwctl::fuzz

/// The first byte says which section is written, a line feed ends the first of two documents.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace fwctl;
  fuzz::Input input(bytes, size);
  const int way = input.take_byte();
  const std::size_t line = input.rest().find('\n');
  fuzz::Twin twin;
  fuzz::write(twin, way, std::string(input.rest().substr(0, line)));
  if (line != std::string_view::npos) fuzz::write(twin, way, std::string(input.rest().substr(line + 1)));
  twin.check();
  return 0;
}
