#include "tests/unit/localhub/query_reference.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace fwctl::test::query {
namespace {

using Value = std::optional<Json>;

std::string kind_of(const Json& value) { return value.is_number() ? "number" : value.type_name(); }

/// Wide enough to hold every 64-bit integer and every double, so that both compare exactly.
long double wide(const Json& number) {
  if (number.is_number_float()) return number.get<double>();
  return static_cast<long double>(number.get<std::int64_t>());
}

Value real(double value) {
  if (std::isnan(value)) return std::nullopt;
  return Json(value);
}

/// Whole numbers stay whole as long as 64 bits hold them.
Value arithmetic(char op, const Json& left, const Json& right) {
  const bool whole = left.is_number_integer() && right.is_number_integer();
  const double a = left.get<double>();
  const double b = right.get<double>();
  if ((op == '/' || op == '%') && b == 0) return std::nullopt;
  if (op == '/') return real(a / b);
  if (whole) {
    const auto x = left.get<std::int64_t>();
    const auto y = right.get<std::int64_t>();
    std::int64_t result = 0;
    if (op == '%') return Json(y == -1 ? 0 : x % y);
    const bool overflow = op == '+'   ? __builtin_add_overflow(x, y, &result)
                          : op == '-' ? __builtin_sub_overflow(x, y, &result)
                                      : __builtin_mul_overflow(x, y, &result);
    if (!overflow) return Json(result);
  }
  return real(op == '+' ? a + b : op == '-' ? a - b : op == '*' ? a * b : std::fmod(a, b));
}

Value equality(const Json& left, const Json& right) {
  if (kind_of(left) != kind_of(right) || left.is_structured()) return std::nullopt;
  return Json(left.is_number() ? wide(left) == wide(right) : left == right);
}

Value order(const std::string& op, const Json& left, const Json& right) {
  if (kind_of(left) != kind_of(right) || !(left.is_number() || left.is_string())) return std::nullopt;
  int sign = 0;
  if (left.is_string()) {
    sign = left.get<std::string>().compare(right.get<std::string>());
  } else {
    sign = wide(left) < wide(right) ? -1 : wide(left) > wide(right) ? 1 : 0;
  }
  if (op == "<") return Json(sign < 0);
  if (op == "<=") return Json(sign <= 0);
  return Json(op == ">" ? sign > 0 : sign >= 0);
}

Value negated(const Value& truth) {
  if (!truth || !truth->is_boolean()) return std::nullopt;
  return Json(!truth->get<bool>());
}

Value binary(const std::string& op, const Value& left, const Value& right) {
  if (!left || !right) return std::nullopt;
  if (op == "=") return equality(*left, *right);
  if (op == "!=") return negated(equality(*left, *right));
  if (op[0] == '<' || op[0] == '>') return order(op, *left, *right);
  if (!left->is_number() || !right->is_number()) return std::nullopt;
  return arithmetic(op[0], *left, *right);
}

/// AND is decided by one false, OR by one true; else one term that is no truth makes the whole undefined.
Value logic(const Node& node, const Json& twin) {
  const bool decisive = node.kind == Node::Kind::any;
  bool unknown = false;
  for (const Node& child : node.children) {
    const Value truth = value_of(child, twin);
    if (!truth || !truth->is_boolean()) {
      unknown = true;
    } else if (truth->get<bool>() == decisive) {
      return Json(decisive);
    }
  }
  if (unknown) return std::nullopt;
  return Json(!decisive);
}

Value membership(const Node& node, const Json& twin) {
  const Value operand = value_of(node.children[0], twin);
  bool unknown = false;
  for (std::size_t i = 1; i < node.children.size(); ++i) {
    const Value same = binary("=", operand, value_of(node.children[i], twin));
    if (same && same->get<bool>()) return Json(node.name == "IN");
    unknown = unknown || !same;
  }
  if (unknown) return std::nullopt;
  return Json(node.name != "IN");
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

const Json* member(const Json& object, const std::string& name, bool any_case) {
  if (!object.is_object()) return nullptr;
  for (const auto& [key, value] : object.items()) {
    if (any_case ? lower(key) == lower(name) : key == name) return &value;
  }
  return nullptr;
}

Value follow(const Path& path, const Json& twin) {
  const Json* place = &twin;
  for (std::size_t i = 0; i < path.size() && place != nullptr; ++i) {
    const bool built_in = i == 0 || (i == 1 && lower(path[0]) == "properties");
    place = member(*place, i == 0 && lower(path[0]) == "id" ? "deviceId" : path[i], built_in);
  }
  if (place == nullptr) return std::nullopt;
  return *place;
}

/// A group's key: equal numbers are one key however they are written, and adding zero takes the sign off a zero.
std::string key_of(const Path& path, const Json& twin) {
  const Value value = follow(path, twin);
  if (!value) return "undefined";
  return value->is_number() ? "number " + Json(static_cast<double>(wide(*value)) + 0.0).dump()
                            : kind_of(*value) + " " + value->dump();
}

std::optional<Cell> aggregate(const Item& item, const std::vector<const Json*>& twins) {
  if (item.aggregate == "COUNT") return Cell{twins.size()};
  std::vector<double> numbers;
  for (const Json* twin : twins) {
    const Value value = follow(item.path, *twin);
    if (value && value->is_number()) numbers.push_back(value->get<double>());
  }
  if (numbers.empty()) return std::nullopt;
  if (item.aggregate == "MIN") return Cell{*std::min_element(numbers.begin(), numbers.end())};
  if (item.aggregate == "MAX") return Cell{*std::max_element(numbers.begin(), numbers.end())};
  double total = 0;
  double size = 0;
  for (const double number : numbers) total += number, size += std::abs(number);
  if (item.aggregate == "AVG") total /= static_cast<double>(numbers.size());
  if (!std::isfinite(total)) return std::nullopt;
  return Cell{total, size * 1e-12};
}

std::string name_of(const Item& item) {
  if (!item.alias.empty()) return item.alias;
  if (!item.aggregate.empty()) return lower(item.aggregate);
  return item.path == Path{"id"} ? "deviceId" : item.path.back();
}

Row row_of(const Select& select, const std::vector<const Json*>& twins) {
  Row row;
  for (const Item& item : select.items) {
    if (!item.aggregate.empty()) {
      if (const auto cell = aggregate(item, twins)) row[name_of(item)] = *cell;
    } else if (const Value value = follow(item.path, *twins.front())) {
      row[name_of(item)] = {*value};
    }
  }
  return row;
}

std::vector<const Json*> selected(const Select& select, const std::vector<Json>& twins) {
  std::vector<const Json*> result;
  for (const Json& twin : twins) {
    const Value truth = select.where ? value_of(*select.where, twin) : Json(true);
    if (truth && truth->is_boolean() && truth->get<bool>()) result.push_back(&twin);
  }
  const bool limited = select.top && !select.aggregates();
  if (limited && static_cast<std::size_t>(*select.top) < result.size())
    result.resize(static_cast<std::size_t>(*select.top));
  return result;
}

}  // namespace

std::optional<Json> value_of(const Node& node, const Json& twin) {
  std::vector<Value> values;
  switch (node.kind) {
    case Node::Kind::literal:
      return node.literal;
    case Node::Kind::undefined:
      return std::nullopt;
    case Node::Kind::path:
      return follow(node.path, twin);
    case Node::Kind::call:
      for (const Node& child : node.children) values.push_back(value_of(child, twin));
      return call(node.name, values);
    case Node::Kind::minus: {
      const Value value = value_of(node.children[0], twin);
      if (!value || !value->is_number()) return std::nullopt;
      return value->is_number_float() ? Json(-value->get<double>()) : arithmetic('-', Json(std::int64_t{0}), *value);
    }
    case Node::Kind::negation:
      return negated(value_of(node.children[0], twin));
    case Node::Kind::binary:
      return binary(node.name, value_of(node.children[0], twin), value_of(node.children[1], twin));
    case Node::Kind::all:
    case Node::Kind::any:
      return logic(node, twin);
    case Node::Kind::membership:
      return membership(node, twin);
  }
  return std::nullopt;
}

std::vector<Row> rows_of(const Select& select, const std::vector<Json>& twins) {
  std::vector<Row> rows;
  if (!select.aggregates()) {
    for (const Json* twin : selected(select, twins)) rows.push_back(row_of(select, {twin}));
    return rows;
  }
  std::map<std::vector<std::string>, std::vector<const Json*>> groups;
  if (select.group_by.empty()) groups[{}];
  for (const Json* twin : selected(select, twins)) {
    std::vector<std::string> keys;
    for (const Path& path : select.group_by) keys.push_back(key_of(path, *twin));
    groups[keys].push_back(twin);
  }
  for (const auto& [keys, members] : groups) rows.push_back(row_of(select, members));
  return rows;
}

std::vector<Json> twins_of(const Select& select, const std::vector<Json>& twins) {
  std::vector<Json> result;
  for (const Json* twin : selected(select, twins)) result.push_back(*twin);
  return result;
}

}  // namespace fwctl::test::query
