#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace fwctl::localhub {

struct Undefined {};

/// A literal: undefined, null, true or false, a number, a text, or a list (after IN, or an array).
struct Literal {
  std::variant<Undefined, std::nullptr_t, bool, std::int64_t, double, std::string, std::vector<Literal>> value;
};

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

/// A place in the text, counted from 1: what an error names.
struct Place {
  int line = 1;
  int column = 1;
};

struct Path {
  std::vector<std::string> segments;
};

struct Call {
  std::string function;  // upper case
  std::vector<ExpressionPtr> arguments;
};

enum class Operator {
  add,
  subtract,
  multiply,
  divide,
  modulo,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal
};

struct Unary {
  bool negates_truth;  // NOT; else the arithmetic minus
  ExpressionPtr operand;
};

struct Binary {
  Operator op;
  ExpressionPtr left;
  ExpressionPtr right;
};

/// AND or OR over any number of terms: a chain of a thousand must not nest a thousand deep.
struct Logic {
  bool conjunction;
  std::vector<ExpressionPtr> terms;
};

struct In {
  bool negated;
  ExpressionPtr operand;
  std::vector<Literal> list;
};

struct Expression {
  Place place;
  std::variant<Literal, Path, Call, Unary, Binary, Logic, In> node;
};

enum class Source { devices, modules, jobs };

struct SelectItem {
  Place place;
  ExpressionPtr path;     // a path; absent for COUNT()
  std::string aggregate;  // COUNT, AVG, SUM, MIN, MAX, or empty
  std::string alias;      // empty: none was given
};

struct Query {
  std::optional<std::int64_t> top;
  std::vector<SelectItem> items;  // empty: *
  Source source = Source::devices;
  ExpressionPtr condition;  // null: every row
  std::vector<ExpressionPtr> group_by;
};

}  // namespace fwctl::localhub
