#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fwctl::cli {

/// The word that was probably meant: the nearest by insertions, deletions, replacements and swaps of neighbours, if no
/// more than a third of its letters differ.
std::optional<std::string> nearest(std::string_view typed, const std::vector<std::string>& words);

}  // namespace fwctl::cli
