#include "lib/localhub/mqtt/session.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/hub_fixture.hpp"

namespace fwctl::fuzz {
namespace {

/// A hub whose one device is as new for every input.
test::HubFixture& new_device() {
  static test::HubFixture hub;
  hub.call("DELETE", "/devices/a", nullptr, {{"If-Match", "*"}});
  hub.create_device("a");
  return hub;
}

std::string field(const std::string& text) {
  return {static_cast<char>(text.size() >> 8), static_cast<char>(text.size() & 0xFF)};
}

/// A CONNECT that the hub accepts: no mutation would find a signature.
std::string login(const test::HubFixture& hub, bool clean) {
  std::string packet{0, 4, 'M', 'Q', 'T', 'T', 4, static_cast<char>(clean ? 0xC2 : 0xC0), 0, 60};
  for (const std::string& text : {std::string("a"), std::string("localhost/a/?api-version=2021-04-12"),
                                  hub.token("localhost/devices/a", test::HubFixture::key, "")}) {
    packet += field(text) + text;
  }
  const auto size = static_cast<unsigned>(packet.size());
  return std::string{0x10, static_cast<char>((size & 0x7F) | 0x80), static_cast<char>(size >> 7)} + packet;
}

const std::string& subscriptions() {
  static const std::string packet = [] {
    std::string filters;
    for (const std::string topic : {"$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#"}) {
      filters += field(topic) + topic + '\0';
    }
    return std::string{'\x82', static_cast<char>(filters.size() + 2), 0, 1} + filters;
  }();
  return packet;
}

class Conversation {
 public:
  explicit Conversation(test::HubFixture& hub) : hub_(hub), session_(hub.hub(), hub.clock) {}
  ~Conversation() {
    hub_.hub().disconnect(session_.connection());
    hub_.hub().take_effects();
  }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  void say(std::string_view bytes) {
    if (session_.closed()) return;
    session_.receive(bytes);
    for (const localhub::Effect& effect : hub_.hub().take_effects()) {
      if (effect.connection == session_.connection() && !session_.closed()) session_.carry_out(effect);
    }
  }

 private:
  test::HubFixture& hub_;
  localhub::mqtt::Session session_;
};

}  // namespace
}  // namespace fwctl::fuzz

/// The first byte says how many bytes come at once, the second what was said before: a login, subscriptions.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace fwctl;
  fuzz::Input input(bytes, size);
  test::HubFixture& hub = fuzz::new_device();
  const std::size_t piece = 1U + input.take_byte();
  const std::uint8_t before = input.take_byte();
  {
    fuzz::Conversation conversation(hub);
    if ((before & 1) != 0) conversation.say(fuzz::login(hub, (before & 2) != 0));
    if ((before & 4) != 0) conversation.say(fuzz::subscriptions());
    while (!input.rest().empty()) conversation.say(input.take(piece));
  }
  const auto twin = hub.twin("a");
  fuzz::require(twin.value("connectionState", "") == "Disconnected", "the device is still there: " + twin.dump());
  return 0;
}
