#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "tests/support/hub_fixture.hpp"
#include "tests/unit/localhub/query_generator.hpp"
#include "tests/unit/localhub/query_printer.hpp"
#include "tests/unit/localhub/query_reference.hpp"

namespace fwctl::test::query {
namespace {

constexpr std::size_t queries_a_set = 100;

/// How many pairs of twins and query: 2,000, or what the environment asks for.
std::size_t pairs() {
  const char* wanted = std::getenv("FWCTL_DIFFERENTIAL_PAIRS");
  return wanted == nullptr ? 2'000 : std::strtoull(wanted, nullptr, 10);
}

/// A few twins in a hub, made as services and devices make them.
class World {
 public:
  explicit World(Dice& dice) {
    const std::size_t count = 1 + dice.below(9);
    for (std::size_t i = 0; i < count; ++i) add(fmt::format("d-{}", i), dice);
    for (std::size_t i = 0; i < count; ++i) twins.push_back(hub.twin(fmt::format("d-{}", i)));
  }

  HubFixture hub;
  std::vector<Json> twins;

 private:
  void add(const std::string& id, Dice& dice) {
    hub.create_device(id);
    const std::string path = "/twins/" + id;
    if (dice.chance(85)) hub.call("PATCH", path, {{"tags", random_section(dice)}});
    hub.clock.advance(std::chrono::seconds{dice.below(3)});
    if (dice.chance(70)) hub.call("PATCH", path, {{"properties", {{"desired", random_section(dice)}}}});
    if (!dice.chance(70)) return;
    const auto connection = hub.connect(id);
    hub.report(connection, random_section(dice));
    if (dice.chance(50)) hub.hub().disconnect(connection);
  }
};

struct Answer {
  int status = 0;
  std::string error;
  std::vector<Json> rows;
};

/// All pages of a query, each of a random size.
Answer ask(HubFixture& hub, const std::string& text, Dice& dice) {
  Answer answer;
  std::string token;
  do {
    Headers headers{{"x-ms-continuation", token}};
    const std::size_t size = 1 + dice.below(dice.chance(50) ? 3 : 100);
    headers["x-ms-max-item-count"] = std::to_string(size);
    const HttpResponse page = hub.call("POST", "/devices/query", {{"query", text}}, headers);
    answer.status = page.status;
    if (page.status != 200) return answer.error = page.body, answer;
    const Json rows = Json::parse(page.body);
    EXPECT_LE(rows.size(), size);
    answer.rows.insert(answer.rows.end(), rows.begin(), rows.end());
    token = header(page.headers, "x-ms-continuation");
    EXPECT_TRUE(token.empty() || rows.size() == size);
  } while (!token.empty());
  return answer;
}

/// Equal whatever the order of members and the way a number is written.
bool same(const Json& a, const Json& b) { return nlohmann::json::parse(a.dump()) == nlohmann::json::parse(b.dump()); }

bool same(const Cell& cell, const Json& value) {
  if (!cell.value.is_number() || !value.is_number()) return same(cell.value, value);
  const auto wanted = cell.value.get<double>();
  const auto got = value.get<double>();
  return wanted == got || std::abs(wanted - got) <= cell.tolerance;
}

bool same(const Row& row, const Json& object) {
  if (!object.is_object() || row.size() != object.size()) return false;
  return std::all_of(row.begin(), row.end(), [&](const auto& cell) {
    return object.contains(cell.first) && same(cell.second, object[cell.first]);
  });
}

/// Groups come in any order, and TOP may keep any of them.
bool same_groups(std::vector<Row> wanted, const std::vector<Json>& got, const Select& select) {
  const std::size_t count = select.top ? std::min(wanted.size(), static_cast<std::size_t>(*select.top)) : wanted.size();
  if (got.size() != count) return false;
  return std::all_of(got.begin(), got.end(), [&](const Json& object) {
    const auto found = std::find_if(wanted.begin(), wanted.end(), [&](const Row& row) { return same(row, object); });
    if (found == wanted.end()) return false;
    wanted.erase(found);
    return true;
  });
}

template <typename Wanted>
bool same_rows(const std::vector<Wanted>& wanted, const std::vector<Json>& got) {
  return std::equal(wanted.begin(), wanted.end(), got.begin(), got.end(),
                    [](const Wanted& a, const Json& b) { return same(a, b); });
}

bool agrees(const Select& select, const std::vector<Json>& twins, const std::vector<Json>& got) {
  if (select.aggregates()) return same_groups(rows_of(select, twins), got, select);
  return select.items.empty() ? same_rows(twins_of(select, twins), got) : same_rows(rows_of(select, twins), got);
}

std::string shown(const Select& select, const std::vector<Json>& twins) {
  std::string text;
  if (select.items.empty()) {
    for (const Json& twin : twins_of(select, twins)) text += twin["deviceId"].dump() + " ";
    return text;
  }
  for (const Row& row : rows_of(select, twins)) {
    Json object = Json::object();
    for (const auto& [name, cell] : row) object[name] = cell.value;
    text += object.dump() + " ";
  }
  return text;
}

void run(std::uint64_t seed, std::size_t count, std::size_t& refused) {
  Dice dice(seed);
  World world(dice);
  QueryGenerator generator(dice, world.twins);
  for (std::size_t i = 0; i < count; ++i) {
    const Select select = generator.select();
    const std::string text = join(tokens_of(select, dice), dice);
    const Answer answer = ask(world.hub, text, dice);
    if (answer.status == 400 && answer.error.find("too ") != std::string::npos) {
      ++refused;
      continue;
    }
    if (answer.status == 200 && agrees(select, world.twins, answer.rows)) continue;
    ADD_FAILURE() << "seed " << seed << ", query " << i << ": " << text
                  << "\nthe reference: " << shown(select, world.twins) << "\nthe hub: " << answer.status << " "
                  << answer.error << Json(answer.rows).dump() << "\nthe twins: " << Json(world.twins).dump();
    return;
  }
}

TEST(QueryDifferential, TheHubSelectsWhatTheReferenceSelects) {
  std::size_t refused = 0;
  const std::size_t wanted = pairs();
  for (std::size_t done = 0; done < wanted; done += queries_a_set) {
    run(1 + done / queries_a_set, std::min(queries_a_set, wanted - done), refused);
  }
  EXPECT_LE(refused, wanted / 100) << "queries too complex or too long, which were not compared";
  RecordProperty("pairs", static_cast<int>(wanted));
}

/// Tokens taken out, doubled, exchanged, or of another query.
void mutate(std::vector<std::string>& tokens, Dice& dice) {
  static const std::vector<std::string> strangers{"(",    ")",  "[",   "]",     "[[",    "]]", ".",       ",",  "'",
                                                  "\"",   "-",  "*",   "NOT",   "IN",    "=",  "<",       "1e", "0x",
                                                  "tags", "''", "1e5", "COUNT", "GROUP", "\\", "[[a\"]]", "é",  "%"};
  for (std::size_t i = 1 + dice.below(3); i > 0 && !tokens.empty(); --i) {
    const std::size_t at = dice.below(tokens.size());
    const auto place = tokens.begin() + static_cast<std::ptrdiff_t>(at);
    switch (dice.below(4)) {
      case 0:
        tokens.erase(place);
        break;
      case 1:
        tokens.insert(place, dice.pick(strangers));
        break;
      case 2:
        tokens.insert(place, dice.pick(tokens) + "");
        break;
      default:
        std::swap(tokens[at], tokens[dice.below(tokens.size())]);
    }
  }
}

TEST(QueryDifferential, AMutilatedQueryIsRefusedWithItsPlaceOrAnswered) {
  Dice dice(7);
  World world(dice);
  QueryGenerator generator(dice, world.twins);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < pairs() / 2; ++i) {
    std::vector<std::string> tokens = tokens_of(generator.select(), dice);
    mutate(tokens, dice);
    const std::string text = join(tokens, dice);
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) continue;
    const HttpResponse response = world.hub.call("POST", "/devices/query", {{"query", text}});
    ASSERT_TRUE(response.status == 200 || response.status == 400) << response.status << response.body << "\n" << text;
    if (response.status == 200) continue;
    ++refused;
    ASSERT_NE(response.body.find("Line "), std::string::npos) << response.body << "\n" << text;
  }
  EXPECT_GT(refused, pairs() / 8);
}

}  // namespace
}  // namespace fwctl::test::query
