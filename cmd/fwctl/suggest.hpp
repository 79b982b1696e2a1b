#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fwctl/base/error.hpp"

namespace fwctl::cli {

/// The word that was probably meant: one that begins with what was typed, or the nearest by insertions, deletions,
/// replacements and swaps of neighbours, if no more than a third of its letters differ. Case does not matter.
std::optional<std::string> nearest(std::string_view typed, const std::vector<std::string>& words);

/// `did you mean list?`, or `otherwise` when nothing is near.
std::string suggestion(std::string_view typed, const std::vector<std::string>& words, const std::string& otherwise);

/// `unknown command 'lsit'`, with a suggestion as its hint.
UsageError unknown(std::string_view kind, std::string_view typed, const std::vector<std::string>& words,
                   const std::string& otherwise);

}  // namespace fwctl::cli
