#include "lib/localhub/query/translate.hpp"

#include <fmt/core.h>

#include <span>

#include "lib/localhub/json.hpp"
#include "lib/localhub/query/functions.hpp"

namespace fwctl::localhub {
namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

const char* sql_operator(Operator op) {
  switch (op) {
    case Operator::add:
      return " + ";
    case Operator::subtract:
      return " - ";
    case Operator::multiply:
      return " * ";
    case Operator::divide:
      return " / ";
    case Operator::modulo:
      return " % ";
    case Operator::equal:
      return " IS ";  // null equals null
    case Operator::not_equal:
      return " IS NOT ";
    case Operator::less:
      return " < ";
    case Operator::less_equal:
      return " <= ";
    case Operator::greater:
      return " > ";
    case Operator::greater_equal:
      return " >= ";
  }
  return "";
}

bool is_arithmetic(Operator op) { return op <= Operator::modulo; }
bool is_equality(Operator op) { return op == Operator::equal || op == Operator::not_equal; }

Json to_json(const Literal& literal) {
  return std::visit(Overloaded{[](Undefined) { return Json(); },
                               [](const std::vector<Literal>& list) {
                                 Json array = Json::array();
                                 for (const Literal& element : list) array.push_back(to_json(element));
                                 return array;
                               },
                               [](const auto& value) { return Json(value); }},
                    literal.value);
}

Operand literal_operand(const Literal& literal) {
  return std::visit(Overloaded{[](Undefined) {
                                 return Operand{"NULL", "NULL", Class::undefined};
                               },
                               [](std::nullptr_t) {
                                 return Operand{"'null'", "NULL", Class::null};
                               },
                               [](bool value) {
                                 return Operand{value ? "'true'" : "'false'", value ? "1" : "0", Class::boolean};
                               },
                               [](std::int64_t value) {
                                 return Operand{"'integer'", Sql::value(value), Class::number};
                               },
                               [](double value) {
                                 return Operand{"'real'", Sql::value(value), Class::number};
                               },
                               [](const std::string& value) {
                                 return Operand{"'text'", Sql::value(value), Class::text};
                               },
                               [&](const std::vector<Literal>&) {
                                 return Operand{"'array'", Sql::value(to_json(literal).dump()), Class::array};
                               }},
                    literal.value);
}

/// SQLite takes trees of a thousand levels; a chain of a thousand terms written flat would be one.
Sql balanced(std::span<const Sql> terms, const char* joint) {
  if (terms.size() == 1) return terms.front();
  const std::size_t half = terms.size() / 2;
  return Sql("(") + balanced(terms.first(half), joint) + joint + balanced(terms.subspan(half), joint) + ")";
}

/// Both sides must be of one class, and of one that can be compared so; else the result is undefined.
Sql comparison(Operator op, const Operand& left, const Operand& right) {
  const Sql test = left.value + sql_operator(op) + right.value;
  const Operand& other = left.known == Class::unknown ? left : right;
  const Class known = left.known == Class::unknown ? right.known : left.known;
  if (known == Class::unknown) {
    const char* comparable = is_equality(op) ? " IN ('number', 'text', 'boolean', 'null')" : " IN ('number', 'text')";
    return Sql("(CASE WHEN ") + class_of(left) + " = " + class_of(right) + " AND " + class_of(left) + comparable +
           " THEN " + test + " END)";
  }
  const bool ordered = known == Class::number || known == Class::text;
  const bool comparable = ordered || (is_equality(op) && (known == Class::boolean || known == Class::null));
  if (!comparable) return "NULL";
  // A column that is always a text: the plain comparison lets SQLite use its index.
  if (left.known == right.known && left.known == Class::text) {
    return Sql("(") + left.value +
           (op == Operator::equal       ? " = "
            : op == Operator::not_equal ? " <> "
                                        : sql_operator(op)) +
           right.value + ")";
  }
  return Sql("(CASE WHEN ") + is_of_class(other, known) + " THEN " + test + " END)";
}

/// SQL's % cuts off fractions, and its mod() loses the last digits of large whole numbers.
Sql remainder_of(const Sql& left, const Sql& right) {
  return Sql("(CASE WHEN typeof(") + left + ") = 'integer' AND typeof(" + right + ") = 'integer' THEN " + left + " % " +
         right + " ELSE mod(" + left + ", " + right + ") END)";
}

Operand arithmetic(Operator op, const Operand& left, const Operand& right) {
  Sql fits = is_of_class(left, Class::number) + " AND " + is_of_class(right, Class::number);
  Sql value = Sql("(") + left.value + sql_operator(op) + right.value + ")";
  if (op == Operator::divide) value = Sql("(CAST(") + left.value + " AS REAL) / " + right.value + ")";
  if (op == Operator::modulo) value = remainder_of(left.value, right.value);
  if (op == Operator::divide || op == Operator::modulo) fits += Sql(" AND ") + right.value + " <> 0";
  // SQL has no NaN: what would be one is NULL.
  return {Sql("CASE WHEN ") + fits + " AND " + value + " IS NOT NULL THEN 'real' END", value};
}

/// A list of texts against an operand: one IN, which can use an index; undefined for what is no text.
std::optional<Sql> text_membership(const Operand& operand, const std::vector<Literal>& list) {
  Sql values;
  for (const Literal& element : list) {
    const auto* text = std::get_if<std::string>(&element.value);
    if (text == nullptr) return std::nullopt;
    values += values.text.empty() ? Sql() : Sql(", ");
    values += Sql::value(*text);
  }
  const Sql member = operand.value + " IN (" + values + ")";
  if (operand.known == Class::text) return Sql("(") + member + ")";
  return Sql("(CASE WHEN ") + is_of_class(operand, Class::text) + " THEN " + member + " END)";
}

Sql membership(const In& in, Source source) {
  const Operand operand = translate_value(*in.operand, source);
  if (in.list.empty()) return in.negated ? "1" : "0";
  auto member = text_membership(operand, in.list);
  if (!member) {
    std::vector<Sql> tests;
    for (const Literal& element : in.list) {
      tests.push_back(comparison(Operator::equal, operand, literal_operand(element)));
    }
    member = balanced(tests, " OR ");
  }
  return in.negated ? Sql("(NOT ") + *member + ")" : *member;
}

std::vector<Operand> operands(const std::vector<ExpressionPtr>& arguments, Source source) {
  std::vector<Operand> result;
  for (const ExpressionPtr& argument : arguments) result.push_back(translate_value(*argument, source));
  return result;
}

Sql truth_of(const Operand& operand) {
  return Sql("(CASE ") + operand.type + " WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)";
}

Operand value_of(const Sql& truth) {
  return {Sql("CASE ") + truth + " WHEN 1 THEN 'true' WHEN 0 THEN 'false' END", truth};
}

/// The truth that an expression states by its form, or nullopt when it is a value.
std::optional<Sql> stated_truth(const Expression& expression, Source source) {
  if (const auto* logic = std::get_if<Logic>(&expression.node)) {
    std::vector<Sql> terms;
    for (const ExpressionPtr& term : logic->terms) terms.push_back(translate_truth(*term, source));
    return balanced(terms, logic->conjunction ? " AND " : " OR ");
  }
  if (const auto* unary = std::get_if<Unary>(&expression.node); unary != nullptr && unary->negates_truth) {
    return Sql("(NOT ") + translate_truth(*unary->operand, source) + ")";
  }
  if (const auto* binary = std::get_if<Binary>(&expression.node); binary != nullptr && !is_arithmetic(binary->op)) {
    return comparison(binary->op, translate_value(*binary->left, source), translate_value(*binary->right, source));
  }
  if (const auto* in = std::get_if<In>(&expression.node)) return membership(*in, source);
  if (const auto* call = std::get_if<Call>(&expression.node)) {
    return truth_function(call->function, operands(call->arguments, source), expression.place);
  }
  return std::nullopt;
}

Operand call_operand(const Call& call, Source source, const Place& place) {
  if (const auto value = value_function(call.function, operands(call.arguments, source), place)) return *value;
  query_error(place, fmt::format("'{}' is not a function of the query language", call.function));
}

}  // namespace

Sql translate_truth(const Expression& expression, Source source) {
  if (auto truth = stated_truth(expression, source)) return std::move(*truth);
  return truth_of(translate_value(expression, source));
}

Operand translate_value(const Expression& expression, Source source) {
  if (const auto truth = stated_truth(expression, source)) return value_of(*truth);
  if (const auto* literal = std::get_if<Literal>(&expression.node)) return literal_operand(*literal);
  if (const auto* path = std::get_if<Path>(&expression.node)) return resolve(*path, source, expression.place);
  if (const auto* call = std::get_if<Call>(&expression.node)) return call_operand(*call, source, expression.place);
  if (const auto* binary = std::get_if<Binary>(&expression.node)) {
    return arithmetic(binary->op, translate_value(*binary->left, source), translate_value(*binary->right, source));
  }
  const Operand operand = translate_value(*std::get<Unary>(expression.node).operand, source);
  return {Sql("CASE WHEN ") + is_of_class(operand, Class::number) + " THEN 'real' END",
          Sql("(-") + operand.value + ")"};
}

}  // namespace fwctl::localhub
