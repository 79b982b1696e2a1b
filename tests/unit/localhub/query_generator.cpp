#include "tests/unit/localhub/query_generator.hpp"

namespace fwctl::test::query {
namespace {

const std::vector<std::string> truths{"IS_DEFINED", "IS_NULL",  "IS_BOOL",   "IS_NUMBER",
                                      "IS_STRING",  "IS_ARRAY", "IS_OBJECT", "IS_PRIMITIVE",
                                      "STARTSWITH", "ENDSWITH", "CONTAINS",  "ARRAY_CONTAINS"};
const std::vector<std::string> texts{"LOWER", "UPPER", "SUBSTRING", "CONCAT"};
const std::vector<std::string> numbers{"LENGTH", "INDEX_OF", "ABS",  "CEILING", "FLOOR",
                                       "POWER",  "SQUARE",   "SIGN", "EXP",     "AS_NUMBER"};
const std::vector<std::string> comparisons{"=", "=", "=", "!=", "<", "<=", ">", ">="};
const std::vector<std::string> arithmetics{"+", "-", "*", "/", "%"};
const std::vector<Path> fields{{"deviceId"},
                               {"id"},
                               {"etag"},
                               {"deviceEtag"},
                               {"status"},
                               {"statusReason"},
                               {"statusUpdateTime"},
                               {"connectionState"},
                               {"lastActivityTime"},
                               {"cloudToDeviceMessageCount"},
                               {"authenticationType"},
                               {"modelId"},
                               {"moduleId"},
                               {"version"},
                               {"tags"},
                               {"properties"},
                               {"properties", "desired"},
                               {"properties", "reported"},
                               {"capabilities"},
                               {"capabilities", "iotEdge"},
                               {"nothing"},
                               {"tags", "nothing"},
                               {"deviceId", "below"},
                               {"properties", "elsewhere"},
                               {"configurations"}};

std::size_t arguments_of(const std::string& function) {
  static const std::vector<std::string> two{"STARTSWITH", "ENDSWITH", "CONTAINS", "ARRAY_CONTAINS",
                                            "CONCAT",     "INDEX_OF", "POWER"};
  if (function == "SUBSTRING") return 3;
  for (const std::string& name : two) {
    if (name == function) return 2;
  }
  return 1;
}

/// What no query can name: see "quotation mark" and "]]".
bool can_be_named(const std::string& key) { return key.find('"') == std::string::npos; }

Node node(Node::Kind kind, std::string name, std::vector<Node> children) {
  return {kind, nullptr, {}, std::move(name), std::move(children)};
}

}  // namespace

QueryGenerator::QueryGenerator(Dice& dice, const std::vector<Json>& twins) : dice_(dice) {
  for (const Json& twin : twins) {
    for (const char* section : {"tags", "properties"}) {
      if (twin.contains(section)) collect(twin[section], {section});
    }
  }
}

void QueryGenerator::collect(const Json& value, Path path) {
  if (path.size() > 2 || path[0] == "tags") places_.push_back({path, value});
  if (!value.is_object()) return;
  for (const auto& [key, member] : value.items()) {
    if (!can_be_named(key)) continue;
    Path below = path;
    below.push_back(key);
    collect(member, std::move(below));
  }
}

Path QueryGenerator::path() {
  if (places_.empty() || dice_.chance(15)) return dice_.pick(fields);
  Path path = dice_.pick(places_).path;
  // Metadata has four times as many places as the values that it is about.
  for (int i = 0; i < 2 && path.size() > 2 && path[2] == "$metadata"; ++i) path = dice_.pick(places_).path;
  if (dice_.chance(2)) path.emplace_back("below");
  return path;
}

Node QueryGenerator::path_node() { return {Node::Kind::path, nullptr, path(), "", {}}; }

Node QueryGenerator::call(int depth, const std::vector<std::string>& functions) {
  Node result = node(Node::Kind::call, dice_.pick(functions), {});
  const std::size_t count = arguments_of(result.name);
  for (std::size_t i = 0; i < count; ++i) {
    const bool wants_number = result.name == "SUBSTRING" ? i > 0 : &functions == &numbers && count != 2;
    result.children.push_back(wants_number && dice_.chance(70) ? number(depth - 1) : value(depth - 1));
  }
  return result;
}

Node QueryGenerator::number(int depth) {
  static const std::vector<Json> small{0, 1, 2, 3, -1, 0.5, 2.5, 10, 4294967296, 9223372036854775807, 1e20};
  if (depth <= 0 || dice_.chance(40)) {
    return dice_.chance(60) ? Node{Node::Kind::literal, dice_.pick(small), {}, "", {}} : path_node();
  }
  if (dice_.chance(15)) return node(Node::Kind::minus, "", {number(depth - 1)});
  if (dice_.chance(25)) return call(depth, numbers);
  return node(Node::Kind::binary, dice_.pick(arithmetics), {number(depth - 1), number(depth - 1)});
}

Node QueryGenerator::value(int depth) {
  if (depth <= 0 || dice_.chance(60)) return dice_.chance(65) ? path_node() : literal();
  switch (dice_.below(10)) {
    case 0:
      return condition(depth - 1);
    case 1:
    case 2:
    case 3:
      return call(depth, texts);
    default:
      return number(depth - 1);
  }
}

Node QueryGenerator::comparison(int depth) {
  if (!places_.empty() && dice_.chance(40)) {
    // A place and a value that it has on some twin: comparisons of random things are seldom true.
    const Place& place = dice_.pick(places_);
    Node left{Node::Kind::path, nullptr, place.path, "", {}};
    Node right{Node::Kind::literal, place.value, {}, "", {}};
    if (!place.value.is_structured()) {
      return node(Node::Kind::binary, dice_.pick(comparisons), {std::move(left), std::move(right)});
    }
  }
  return node(Node::Kind::binary, dice_.pick(comparisons), {value(depth - 1), value(depth - 1)});
}

Node QueryGenerator::membership(int depth) {
  static const std::vector<std::string> forms{"IN", "IN", "NIN", "NOT IN"};
  Node result = node(Node::Kind::membership, dice_.pick(forms), {value(depth - 1)});
  for (std::size_t i = dice_.below(6); i > 0; --i) result.children.push_back(literal());
  return result;
}

Node QueryGenerator::condition(int depth) {
  if (depth <= 0) return dice_.chance(80) ? comparison(1) : path_node();
  const std::size_t choice = dice_.below(100);
  if (choice < 30) return comparison(depth);
  if (choice < 45) return call(depth, truths);
  if (choice < 57) return membership(depth);
  if (choice < 72) return node(Node::Kind::negation, "", {condition(depth - 1)});
  if (choice < 76) return value(depth);
  Node result = node(choice < 88 ? Node::Kind::all : Node::Kind::any, "", {});
  for (std::size_t i = 2 + dice_.below(3); i > 0; --i) result.children.push_back(condition(depth - 1));
  return result;
}

Item QueryGenerator::item(bool aggregate) {
  static const std::vector<std::string> aggregates{"COUNT", "SUM", "AVG", "MIN", "MAX"};
  static const std::vector<std::string> aliases{"x", "y", "Total", "größe", "an alias", "group", "0"};
  Item item;
  if (aggregate) item.aggregate = dice_.pick(aggregates);
  if (item.aggregate != "COUNT") item.path = path();
  if (dice_.chance(50)) item.alias = dice_.pick(aliases);
  return item;
}

void QueryGenerator::grouping(Select& select) {
  for (std::size_t i = dice_.below(3); i > 0; --i) select.group_by.push_back(path());
  for (const Path& path : select.group_by) {
    if (dice_.chance(80)) select.items.push_back({"", path, dice_.chance(50) ? "key" : ""});
  }
  for (std::size_t i = dice_.below(3); i > 0 || select.items.empty(); i -= i > 0 ? 1 : 0) {
    select.items.push_back(item(true));
  }
  if (select.group_by.empty() && select.items.front().aggregate.empty()) select.items = {item(true)};
}

Select QueryGenerator::select() {
  Select select;
  if (dice_.chance(12)) select.top = static_cast<std::int64_t>(dice_.below(8));
  if (dice_.chance(90)) select.where = condition(4);
  const std::size_t kind = dice_.below(10);
  if (kind < 5) {
    select.items.push_back({"", {"deviceId"}, ""});
  } else if (kind < 7) {
    for (std::size_t i = 1 + dice_.below(3); i > 0; --i) select.items.push_back(item(false));
  } else if (kind < 9) {
    grouping(select);
  }
  return select;
}

}  // namespace fwctl::test::query
