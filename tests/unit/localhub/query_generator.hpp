#pragma once

#include <vector>

#include "tests/support/dice.hpp"
#include "tests/unit/localhub/query_model.hpp"

namespace fwctl::test::query {

/// A member of an object that a twin may hold: empty, deep, of any script, with numbers at their edges.
Json random_section(Dice& dice);

/// Makes queries about the given twins, so that most of what they name is there.
class QueryGenerator {
 public:
  QueryGenerator(Dice& dice, const std::vector<Json>& twins);

  Select select();

 private:
  struct Place {
    Path path;
    Json value;
  };

  void collect(const Json& value, Path path);
  Path path();
  Node path_node();
  Node literal();
  Node call(int depth, const std::vector<std::string>& functions);
  Node value(int depth);
  Node number(int depth);
  Node condition(int depth);
  Node comparison(int depth);
  Node membership(int depth);
  Item item(bool aggregate);
  void grouping(Select& select);

  Dice& dice_;
  std::vector<Place> places_;
};

}  // namespace fwctl::test::query
