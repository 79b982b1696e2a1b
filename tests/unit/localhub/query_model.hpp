#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

/// A query as the differential test sees it: made at random, printed for the hub, walked by the reference.
namespace fwctl::test::query {

using Json = nlohmann::ordered_json;
using Path = std::vector<std::string>;

struct Node {
  enum class Kind {
    literal,
    undefined,
    path,
    call,        // `name` is the function
    minus,       // one child
    negation,    // NOT, one child
    binary,      // `name` is the operator, two children
    all,         // AND
    any,         // OR
    membership,  // the first child IN the others; `name` is IN, NIN or NOT IN
  };
  Kind kind = Kind::undefined;
  Json literal = nullptr;
  Path path;
  std::string name;
  std::vector<Node> children;
};

struct Item {
  std::string aggregate;  // empty: a plain path
  Path path;              // empty for COUNT()
  std::string alias;
};

struct Select {
  std::optional<std::int64_t> top;
  std::vector<Item> items;  // empty: *
  std::optional<Node> where;
  std::vector<Path> group_by;

  bool aggregates() const {
    if (!group_by.empty()) return true;
    for (const Item& item : items) {
      if (!item.aggregate.empty()) return true;
    }
    return false;
  }
};

}  // namespace fwctl::test::query
