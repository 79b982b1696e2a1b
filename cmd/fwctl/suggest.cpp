#include "cmd/fwctl/suggest.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

#include "cmd/fwctl/output/text.hpp"

namespace fwctl::cli {
namespace {

/// Optimal string alignment distance, three rows at a time.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(above.begin(), above.end(), 0U);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = std::exchange(above, row);
  }
  return above[b.size()];
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

/// How much two words differ; an abbreviation differs little.
std::size_t difference(const std::string& typed, const std::string& word) {
  const std::size_t letters = typed.size() - std::min(typed.size(), typed.find_first_not_of('-'));
  return letters >= 3 && word.starts_with(typed) ? 1 : distance(typed, word);
}

}  // namespace

std::optional<std::string> nearest(std::string_view typed, const std::vector<std::string>& words) {
  constexpr std::size_t longest = 64;  // nobody mistypes more
  if (typed.size() > longest) return std::nullopt;
  std::optional<std::string> best;
  std::size_t least = 0;
  for (const std::string& word : words) {
    const std::size_t differs = difference(lower(typed), lower(word));
    if (differs * 3 > std::max<std::size_t>(word.size(), 3) || (best && differs >= least)) continue;
    best = word;
    least = differs;
  }
  return best;
}

std::string suggestion(std::string_view typed, const std::vector<std::string>& words, const std::string& otherwise) {
  const auto meant = nearest(typed, words);
  return meant ? "did you mean " + *meant + "?" : otherwise;
}

UsageError unknown(std::string_view kind, std::string_view typed, const std::vector<std::string>& words,
                   const std::string& otherwise) {
  return UsageError("unknown " + std::string(kind) + " " + shown(typed), suggestion(typed, words, otherwise));
}

}  // namespace fwctl::cli
