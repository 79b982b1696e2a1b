#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cmd/fwctl/output/output.hpp"
#include "fwctl/iothub/hub_client.hpp"

namespace fwctl::cli {

inline int page_size(std::optional<int> limit) { return std::min(limit.value_or(100), 100); }

constexpr int most_rows = 1'000'000'000;

/// Prints pages as they arrive and stops asking at the limit. `to_json` makes of a row what a List takes.
template <typename Row, typename ToJson>
void stream(List& list, iothub::Pages<Row> pages, std::optional<int> limit, ToJson to_json) {
  int left = limit.value_or(most_rows);
  while (left > 0) {
    const auto page = pages.next();
    if (!page) return;
    for (const Row& row : *page) {
      if (left-- <= 0) break;
      list.add(to_json(row));
    }
    list.flush();
  }
}

}  // namespace fwctl::cli
