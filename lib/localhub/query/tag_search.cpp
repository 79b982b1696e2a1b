#include "lib/localhub/query/tag_search.hpp"

#include <algorithm>
#include <string_view>

#include "lib/localhub/query/json_path.hpp"

namespace fwctl::localhub {
namespace {

bool is(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](unsigned char a, unsigned char b) { return std::tolower(a) == b; });
}

/// The keys of `tags.a.b` or `devices.tags.a.b`; empty for another path.
std::vector<std::string> tag_keys(const Expression& expression) {
  const auto* path = std::get_if<Path>(&expression.node);
  if (path == nullptr) return {};
  auto first = path->segments.begin();
  if (path->segments.size() > 1 && is(*first, "devices")) ++first;
  if (!is(*first, "tags")) return {};
  return {first + 1, path->segments.end()};
}

const std::string* text_of(const Expression& expression) {
  const auto* literal = std::get_if<Literal>(&expression.node);
  return literal == nullptr ? nullptr : std::get_if<std::string>(&literal->value);
}

std::optional<TagText> tag_of(const Expression& path, const Expression& literal) {
  const std::vector<std::string> keys = tag_keys(path);
  const std::string* text = text_of(literal);
  if (keys.empty() || text == nullptr) return std::nullopt;
  return TagText{json_path(keys), *text};
}

std::optional<TagText> find(const Expression& expression) {
  if (const auto* binary = std::get_if<Binary>(&expression.node); binary != nullptr && binary->op == Operator::equal) {
    auto tag = tag_of(*binary->left, *binary->right);
    return tag ? tag : tag_of(*binary->right, *binary->left);
  }
  const auto* logic = std::get_if<Logic>(&expression.node);
  if (logic == nullptr || !logic->conjunction) return std::nullopt;
  for (const ExpressionPtr& term : logic->terms) {
    if (auto tag = find(*term)) return tag;
  }
  return std::nullopt;
}

}  // namespace

std::optional<TagText> wanted_tag(const Query& query) {
  if (query.source != Source::devices || !query.condition) return std::nullopt;
  return find(*query.condition);
}

}  // namespace fwctl::localhub
